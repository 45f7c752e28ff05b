using System.CommandLine;

namespace Parley.Cli.Commands;

/// <summary>
/// <c>parley completion SHELL</c>: a script that completes commands and options. It asks the tool with <c>[suggest:POSITION] LINE</c>, so it
/// never has to be renewed.
/// </summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # Completion of parley for bash. Add to ~/.bashrc: eval "$(parley completion bash)"
        _parley_complete() {
            local word="${COMP_WORDS[COMP_CWORD]}" line="parley${COMP_LINE#"${COMP_WORDS[0]}"}"
            local position=$((COMP_POINT - ${#COMP_WORDS[0]} + 6)) candidates
            candidates="$("${COMP_WORDS[0]}" "[suggest:$position]" "$line" 2>/dev/null)"
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$candidates" -- "$word"))
        }
        complete -o default -F _parley_complete parley
        """;

    private const string Zsh = """
        #compdef parley
        # Completion of parley for zsh. Add to ~/.zshrc: eval "$(parley completion zsh)"
        _parley_complete() {
            local -a candidates
            candidates=("${(@f)$(parley "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
            candidates=(${candidates:#})
            if (( ${#candidates} )); then compadd -- $candidates; else _files; fi
        }
        compdef _parley_complete parley
        """;

    private const string Fish = """
        # Completion of parley for fish. Run: parley completion fish > ~/.config/fish/completions/parley.fish
        complete -c parley -a '(parley "[suggest:"(commandline -C)"]" (commandline -p | string collect) 2>/dev/null)'
        """;

    private const string PowerShell = """
        # Completion of parley for PowerShell. Add to $PROFILE: parley completion pwsh | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName parley -ScriptBlock {
            param($word, $line, $position)
            parley "[suggest:$position]" "$line" 2>$null | Where-Object { $_ -like "$word*" } | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
            }
        }
        """;

    internal static Command Create(ToolEnvironment environment)
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh, fish or pwsh", HelpName = "SHELL" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "pwsh");
        var command = new Command("completion", "Print a script that completes commands and options in a shell") { shell };
        command.SetAction(async (parsed, _) =>
        {
            var script = parsed.GetValue(shell) switch { "bash" => Bash, "zsh" => Zsh, "fish" => Fish, _ => PowerShell };
            await environment.Output.WriteLineAsync(script);
            return ExitCodes.Success;
        });
        return command;
    }
}
