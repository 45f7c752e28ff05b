using System.CommandLine;
using Parley.Cli.Calls;

namespace Parley.Cli.Commands;

/// <summary><c>parley ask "text"</c>: one question, one answer.</summary>
internal static class AskCommand
{
    internal static Command Create(ToolEnvironment environment)
    {
        var text = new Argument<string>("text") { Description = "The question; - = standard input", HelpName = "TEXT" };
        var audio = Files.Output("--audio", "Write the spoken answer to this WAV file (24 kHz)");
        var image = Files.Input("--image", "Send this JPEG or PNG before the question; - = standard input");
        var timeout = AnswerLimit.Option();
        var server = new ServerOptions(environment);
        var setup = new SetupOptions();
        var command = new Command("ask", "Ask a question and print the answer as it arrives") { text, audio, image, timeout };
        server.AddTo(command);
        setup.AddTo(command);
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            var question = await QuestionAsync(parsed.GetValue(text)!, environment, cancellationToken);
            var picture = parsed.GetValue(image) is { } file ? await Picture.ReadAsync(file, environment, cancellationToken) : null;
            var output = parsed.GetValue(audio);
            var client = server.CreateClient(parsed);
            using var wav = output?.CreateWav();
            await using var session = await client.ConnectAsync(setup.Create(parsed), cancellationToken);
            var call = new Call(session, report, wav, parsed.GetValue(timeout) ?? AnswerLimit.Default, environment.TimeProvider);
            if (picture is not null)
                await session.SendVideoAsync(picture.Data, picture.MimeType, cancellationToken);
            call.Latency.EndOfSpeech();
            await session.SendTextAsync(question, cancellationToken);
            await call.ReadTurnAsync(cancellationToken);
            if (output is not null)
            {
                report.Fact(
                    "audio", $"wrote {output.FullPath}", ("path", output.FullPath),
                    ("seconds", PcmFormat.Hz24000.DurationOfBytes(call.AudioBytes).TotalSeconds));
            }
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task<string> QuestionAsync(string text, ToolEnvironment environment, CancellationToken cancellationToken)
    {
        if (text != "-")
            return text;
        using var reader = new StreamReader(environment.TakeInput());
        var question = await reader.ReadToEndAsync(cancellationToken);
        return string.IsNullOrWhiteSpace(question)
            ? throw new CommandException("The question on standard input is empty.", ExitCodes.Usage)
            : question.Trim();
    }
}
