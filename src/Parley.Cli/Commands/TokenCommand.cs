using System.CommandLine;
using Parley.Protocol;

namespace Parley.Cli.Commands;

/// <summary><c>parley token</c>: creates an ephemeral token, for a browser or device that must not hold a key.</summary>
internal static class TokenCommand
{
    internal static Command Create(ToolEnvironment environment)
    {
        var server = new ServerOptions(environment);
        var uses = Numbers.Option("--uses", 0, "Sessions the token may open; 0 = any number. Default: 1");
        var expires = Durations.Option("--expires", "Time until the sessions of the token end. Default: 30m");
        var opens = Durations.Option("--new-sessions", "Time in which the token may open new sessions. Default: 60s");
        var model = new Option<string?>("--model") { Description = "Lock the model", HelpName = "NAME" };
        var voice = new Option<string?>("--voice") { Description = "Lock the voice", HelpName = "NAME" };
        var instruction = new Option<string?>("--instruction") { Description = "Lock the system instruction", HelpName = "TEXT" };
        var setup = Files.Input(
            "--setup", "JSON file with the setup to lock: the value of the setup message, without the outer {\"setup\": …}; - = standard input");
        var mask = new Option<string?>("--mask")
        {
            Description =
                "Fields to lock, such as model,generationConfig.temperature. Default: the fields given on the command line, "
                + "or the whole file of --setup",
            HelpName = "FIELDS",
        };
        var command = new Command("token", "Create an ephemeral token") { uses, expires, opens, model, voice, instruction, setup, mask };
        server.AddTo(command);
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            var now = environment.TimeProvider.GetUtcNow();
            var file = parsed.GetValue(setup) is { } input ? Decode(input, await input.ReadAsync(environment, cancellationToken)) : null;
            var (locked, given) = Locked(
                file, parsed.GetValue(model), parsed.GetValue(voice), parsed.GetValue(instruction));
            var answer = await server.CreateClient(parsed).CreateTokenAsync(
                new AuthTokenRequest
                {
                    Uses = parsed.GetValue(uses),
                    ExpireTime = now + parsed.GetValue(expires),
                    NewSessionExpireTime = now + parsed.GetValue(opens),
                    BidiGenerateContentSetup = locked,
                    FieldMask = parsed.GetValue(mask) ?? given,
                },
                cancellationToken);
            report.Fact("token", answer.Name ?? "", ("name", answer.Name));
            return ExitCodes.Success;
        });
        return command;
    }

    private static (Setup? Setup, string? Mask) Locked(Setup? file, string? model, string? voice, string? instruction)
    {
        if (file is null && model is null && voice is null && instruction is null)
            return (null, null);
        var setup = file ?? new Setup();
        var given = new List<string>();
        if (model is not null)
        {
            setup.Model = model.Contains('/', StringComparison.Ordinal) ? model : "models/" + model;
            given.Add("model");
        }
        if (voice is not null)
        {
            setup.GenerationConfig ??= new GenerationConfig();
            setup.GenerationConfig.SpeechConfig = new SpeechConfig { VoiceConfig = new VoiceConfig { PrebuiltVoiceConfig = new PrebuiltVoiceConfig { VoiceName = voice } } };
            given.Add("generationConfig.speechConfig");
        }
        if (instruction is not null)
        {
            setup.SystemInstruction = new Content { Parts = [new Part { Text = instruction }] };
            given.Add("systemInstruction");
        }
        return (setup, file is null ? string.Join(',', given) : null);
    }

    private static Setup Decode(InputFile file, byte[] json)
    {
        try
        {
            return LiveCodec.DecodeSetup(json);
        }
        catch (LiveProtocolException e)
        {
            throw new CommandException($"--setup: {file.Name} is not a valid setup: {e.Message}", ExitCodes.Usage);
        }
    }
}
