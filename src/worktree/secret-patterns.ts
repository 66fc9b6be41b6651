// What is taken for a secret unless `.gsessignore` says otherwise, as lines of a `.gitignore`, matched regardless of case at any
// depth. A file is listed if it usually holds nothing but a credential and a project works without its history; what also
// carries ordinary settings that people edit by agent is not. Contents are never looked at.

/** The default patterns; a negated line in a project's `.gsessignore` brings a file back. */
export const SECRET_PATTERNS: readonly string[] = [
  // Settings of one machine, and the copies that tools make of them; the examples are meant to be shared.
  ...['.env', '.env.*', '.envrc', '*.env'],
  ...['!.env.example', '!.env.sample', '!.env.template', '!.env.dist', '!.env.defaults'],
  ...['!example.env', '!sample.env', '!template.env'],

  // Private keys, and the containers they come in. A public key or a certificate in a `.pem` cannot be told by its name.
  ...['*.pem', '*.key', '*.p8', '*.p12', '*.pfx', '*.ppk', '*.jks', '*.keystore', '*.pkcs12'],
  ...['id_rsa', 'id_dsa', 'id_ecdsa', 'id_ecdsa_sk', 'id_ed25519', 'id_ed25519_sk'],
  ...['.ssh/', '.gnupg/'],

  // Where command line tools keep tokens and passwords.
  ...['.netrc', '_netrc', '.git-credentials', '.npmrc', '.pypirc', '.pgpass', '.my.cnf', '.boto'],
  ...['.s3cfg', '.htpasswd', '.dockercfg', '.vault-token', '.terraformrc', 'terraform.rc'],
  ...['**/.aws/credentials', '**/.docker/config.json', '**/.kube/config', '**/.azure/*.json'],
  ...['**/.cargo/credentials', '**/.cargo/credentials.toml', '**/.gem/credentials'],
  ...['**/gh/hosts.yml', '**/.config/gcloud/*.db', 'credentials.tfrc.json'],

  // What cloud consoles hand out for download, and the state in which Terraform writes passwords down.
  ...['credentials.json', 'client_secret*.json', 'service-account*.json', 'service_account*.json'],
  ...['application_default_credentials.json', 'secrets.json', 'secrets.yml', 'secrets.yaml'],
  ...['*.tfstate', '*.tfstate.*'],

  // Password stores.
  ...['*.kdbx', '*.kdb', '*.agilekeychain/', '*.keychain', '*.keychain-db'],
];
