// The directories that gsess has for itself on this platform, where nobody chose others: for data on Linux `~/.local/share/gsess` or what
// XDG says, on macOS `~/Library/Application Support/gsess`, on Windows `%LOCALAPPDATA%\gsess\Data`.

import envPaths from 'env-paths';

export function ownDirectories(): { readonly data: string; readonly config: string } {
  // Without the suffix that it puts behind the names of programs for Node.
  return envPaths('gsess', { suffix: '' });
}
