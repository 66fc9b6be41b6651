// Tells whether git's fsck would accept a `.gitmodules` file. Git parses it as configuration and checks names, paths and
// addresses, each version a little differently, so only what is beyond doubt counts as plain here: ordinary lines with ordinary
// values. Everything else is kept all the same, outside the tree; a wrong 'no' costs nothing but that.

const FILE_BYTES_MAX = 1024 * 1024;

const IGNORED_LINE = /^[ \t]*(?:[#;][\x20-\x7e\x80-\xff\t]*)?$/;
const SECTION = /^[ \t]*\[submodule "([\w.+@ /-]+)"\][ \t]*$/;
const SETTING = /^[ \t]*([A-Za-z]+)[ \t]*=[ \t]*([\w.,:@~/+-]*)[ \t]*$/;

const REMOTE_URL = /^(?:https?|ssh|git):\/\/[A-Za-z0-9][\w.@-]*(?::\d+)?(?:\/[\w.~+-]+)+\/?$/;
const SCP_URL = /^[A-Za-z0-9][\w.-]*@[A-Za-z0-9][A-Za-z0-9.-]*:[\w~][\w.~+/-]*$/;
const RELATIVE_URL = /^(?:\.\.?\/)+[A-Za-z0-9_][\w.~+/-]*$/;
const LOCAL_URL = /^\/[A-Za-z0-9_][\w.~+/-]*$/;
const UPDATES = ['checkout', 'rebase', 'merge', 'none'];

/** Tells whether every line is one that no version of git objects to. */
export function isPlainGitmodules(content: Buffer): boolean {
  if (content.length > FILE_BYTES_MAX) return false;
  let inSection = false;
  for (const line of content.toString('latin1').split(/\r?\n/)) {
    if (IGNORED_LINE.test(line)) continue;
    const section = SECTION.exec(line);
    if (section === null && !(inSection && isPlainSetting(line))) return false;
    if (section !== null && !isPlainName(section[1] ?? '')) return false;
    inSection = true;
  }
  return true;
}

function isPlainName(name: string): boolean {
  return !name.split('/').some((part) => part === '' || part === '..');
}

function isPlainSetting(line: string): boolean {
  const [, key = '', value = ''] = SETTING.exec(line) ?? [];
  switch (key.toLowerCase()) {
    case '':
      return false;
    case 'url':
      return [REMOTE_URL, SCP_URL, RELATIVE_URL, LOCAL_URL].some((plain) => plain.test(value));
    case 'path':
      return /^[^-:]/.test(value);
    case 'update':
      return UPDATES.includes(value);
    default:
      return true;
  }
}
