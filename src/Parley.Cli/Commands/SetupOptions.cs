using System.CommandLine;
using Parley.Client;
using Parley.Protocol;

namespace Parley.Cli.Commands;

/// <summary>Session options that several commands share.</summary>
internal sealed class SetupOptions
{
    internal const string DefaultModel = "gemini-3.8-live";

    private readonly Option<string> _model = new("--model")
    {
        Description = "Model",
        HelpName = "NAME",
        DefaultValueFactory = _ => DefaultModel,
    };
    private readonly Option<string?> _voice = new("--voice") { Description = "One of the 30 voices, such as Kore", HelpName = "NAME" };
    private readonly Option<string?> _language = new("--language")
    {
        Description = "BCP-47 code of the spoken language, such as en-US",
        HelpName = "CODE",
    };
    private readonly Option<string?> _instruction = new("--instruction", "--system")
    {
        Description = "System instruction",
        HelpName = "TEXT",
    };
    private readonly Option<bool> _text = new("--text-only") { Description = "Request text answers; only some models support it" };

    internal void AddTo(Command command)
    {
        foreach (var option in (Option[])[_model, _voice, _language, _instruction, _text])
            command.Options.Add(option);
    }

    internal LiveSetup Create(ParseResult parsed, IReadOnlyList<LiveTool>? tools = null) => new()
    {
        Model = parsed.GetValue(_model),
        Voice = parsed.GetValue(_voice),
        LanguageCode = parsed.GetValue(_language),
        SystemInstruction = parsed.GetValue(_instruction),
        ResponseModalities = [parsed.GetValue(_text) ? Modality.Text : Modality.Audio],
        InputTranscription = true,
        OutputTranscription = !parsed.GetValue(_text),
        Tools = tools,
    };
}
