// Which of Nanocoder's tools leave the project's files alone; any other counts as one that can change files.

export const READ_ONLY_TOOLS: readonly string[] = [
  'ask_user',
  'check_skill',
  'fetch_url',
  'find_files',
  'git_diff',
  'git_log',
  'git_status',
  'list_directory',
  'lsp_get_diagnostics',
  'read_file',
  'search_file_contents',
  'web_search',
];

/** What Nanocoder itself answers for a call that its user broke off. */
export const CANCELLED = 'Tool execution was cancelled by the user.';
