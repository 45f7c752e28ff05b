using System.CommandLine;
using Parley.Cli.Calls;
using Parley.Server.Storage;

namespace Parley.Cli.Commands;

/// <summary><c>parley ask "text"</c>: one question, one answer.</summary>
internal static class AskCommand
{
    internal static Command Create()
    {
        var text = new Argument<string>("text") { Description = "The question" };
        var audio = new Option<FileInfo?>("--audio")
        {
            Description = "Write the spoken answer to this WAV file (24 kHz)",
            HelpName = "FILE",
        };
        var image = new Option<FileInfo?>("--image") { Description = "Send this JPEG or PNG before the question", HelpName = "FILE" };
        var server = new ServerOptions();
        var setup = new SetupOptions();
        var command = new Command("ask", "Ask a question and print the answer as it arrives") { text, audio, image };
        server.AddTo(command);
        setup.AddTo(command);
        text.Validators.Add(static result =>
        {
            if (string.IsNullOrWhiteSpace(result.GetValueOrDefault<string>()))
                result.AddError("The question is empty. Give a text in quotes.");
        });
        command.SetBody(async (parsed, report, cancellationToken) =>
        {
            await using var session = await server.CreateClient(parsed).ConnectAsync(setup.Create(parsed), cancellationToken);
            var file = parsed.GetValue(audio);
            using var wav = file is null ? null : new WavWriter(PrivateFiles.Create(file.FullName), PcmFormat.Hz24000.SampleRateHz);
            var call = new Call(session, report, wav);
            if (parsed.GetValue(image) is { } picture)
            {
                await session.SendVideoAsync(
                    await File.ReadAllBytesAsync(picture.FullName, cancellationToken), MediaFiles.ImageType(picture), cancellationToken);
            }
            call.Latency.EndOfSpeech();
            await session.SendTextAsync(parsed.GetValue(text)!, cancellationToken);
            var complete = await call.ReadTurnAsync(cancellationToken);
            if (file is not null)
            {
                report.Fact(
                    "audio", $"wrote {file.FullName}", ("path", file.FullName),
                    ("seconds", PcmFormat.Hz24000.DurationOfBytes(call.AudioBytes).TotalSeconds));
            }
            return complete ? ExitCodes.Success : ExitCodes.Failure;
        });
        return command;
    }
}
