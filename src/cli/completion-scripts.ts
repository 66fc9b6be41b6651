// What a shell needs to complete words of gsess: a small function that asks `gsess --complete` with the words so far, the last of
// them unfinished. The answer has one candidate a line, a description after a tab; `:files` asks for names of files. The bash
// function works with the bash 3.2 of macOS.

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

const BASH = `# Completion of gsess for bash. Put this into ~/.bashrc:
#     eval "$(gsess completion bash)"
_gsess() {
    local line word
    COMPREPLY=()
    while IFS= read -r line; do
        # Without a candidate bash completes names of files by itself.
        [ "$line" = :files ] && continue
        printf -v word '%q' "\${line%%$'\\t'*}"
        COMPREPLY+=("$word")
    done < <(gsess --complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o bashdefault -o default -F _gsess gsess
`;

const ZSH = `#compdef gsess
# Completion of gsess for zsh. Save this as _gsess in a directory of $fpath, or put this into ~/.zshrc:
#     eval "$(gsess completion zsh)"
_gsess() {
    local line wants_files
    local -a values shown
    for line in "\${(@f)$(gsess --complete "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
        if [[ $line == :files ]]; then
            wants_files=1
        elif [[ -n $line ]]; then
            values+=("\${line%%$'\\t'*}")
            shown+=("\${line/$'\\t'/  }")
        fi
    done
    (( $#values )) && compadd -Q -l -d shown -- "\${(@q)values}"
    [[ -n $wants_files ]] && _files
}
if [[ $funcstack[1] == _gsess ]]; then
    _gsess "$@"
else
    compdef _gsess gsess
fi
`;

const FISH = `# Completion of gsess for fish. Save this as ~/.config/fish/completions/gsess.fish.
function __gsess_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -e words[1]
    for line in (gsess --complete $words "$current" 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path "$current"
        else
            echo $line
        end
    end
end
complete -c gsess -f -a '(__gsess_complete)'
`;

const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };

/** The script for this shell. */
export function completionScript(shell: Shell): string {
  return SCRIPTS[shell];
}
