using Lxc.Framework;
using Lxd.Core;

namespace Lxc.Completion;

/// <summary><c>completion</c>: the script a shell reads to complete this client's words.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # Completion of lxc for bash: source <(lxc completion bash)
        _lxc_complete() {
            local words=("${COMP_WORDS[@]:1:COMP_CWORD}") out directive line current
            if declare -F _get_comp_words_by_ref >/dev/null; then
                local cur cword
                _get_comp_words_by_ref -n =: cur cword words
                words=("${words[@]:1:cword}")
                current=$cur
            else
                current=${COMP_WORDS[COMP_CWORD]}
            fi
            out=$(lxc __complete "${words[@]}" 2>/dev/null) || return
            directive=${out##*:}
            COMPREPLY=()
            while IFS= read -r line; do
                [ -n "$line" ] && COMPREPLY+=("$line")
            done <<< "${out%:*}"
            (( directive & 2 )) && compopt -o nospace
            (( directive & 4 )) || { [ ${#COMPREPLY[@]} = 0 ] && compopt -o default; }
            declare -F __ltrim_colon_completions >/dev/null && __ltrim_colon_completions "$current"
            return 0
        }
        complete -F _lxc_complete lxc

        """;

    private const string Zsh = """
        #compdef lxc
        # Completion of lxc for zsh: source <(lxc completion zsh)
        _lxc() {
            local out directive
            local -a names
            out=$(lxc __complete "${(@)words[2,CURRENT]}" 2>/dev/null)
            directive=${out##*:}
            names=(${(f)"${out%:*}"})
            if (( $#names )); then
                (( directive & 2 )) && compadd -S '' -- $names || compadd -- $names
            elif (( ! (directive & 4) )); then
                _files
            fi
        }
        compdef _lxc lxc

        """;

    private const string Fish = """
        # Completion of lxc for fish: lxc completion fish | source
        function __lxc_complete
            set -l words (commandline -opc) (commandline -ct)
            lxc __complete $words[2..-1] 2>/dev/null | string match -v -r '^:[0-9]+$'
        end
        complete -c lxc -f -a '(__lxc_complete)'

        """;

    private const string PowerShell = """
        # Completion of lxc for PowerShell: lxc completion powershell | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName lxc -ScriptBlock {
            param($word, $line, $position)
            $words = @($line.CommandElements | Select-Object -Skip 1 | ForEach-Object { "$_" })
            if ($word -eq '') { $words += '' }
            lxc __complete @words 2>$null | Where-Object { $_ -notmatch '^:\d+$' } | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
        }

        """;

    public static IEnumerable<Command> Make() =>
    [
        new("completion", "<shell>", "Print the completion script for a shell: bash, zsh, fish or powershell", async (c, a) =>
        {
            await c.Out.WriteAsync(a.Rest[0] switch { "bash" => Bash, "zsh" => Zsh, "fish" => Fish, "powershell" => PowerShell, var other => throw new ApiException(0, $"Unknown shell \"{other}\"") }).ConfigureAwait(false);
            return 0;
        })
        { Count = (1, 1), Rarity = Rarity.Rare, Examples = "source <(lxc completion bash)" },
    ];
}
