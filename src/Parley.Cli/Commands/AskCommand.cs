using System.CommandLine;
using Parley.Cli.Calls;

namespace Parley.Cli.Commands;

/// <summary><c>parley ask "text"</c>: one question, one answer.</summary>
internal static class AskCommand
{
    internal static Command Create()
    {
        var text = new Argument<string>("text") { Description = "What to ask" };
        var audio = new Option<FileInfo?>("--audio") { Description = "Write the spoken answer to this WAV file (24 kHz)" };
        var image = new Option<FileInfo?>("--image") { Description = "Show this JPEG or PNG first" };
        var server = new ServerOptions();
        var setup = new SetupOptions();
        var command = new Command("ask", "Ask a question and print the answer as it comes") { text, audio, image };
        server.AddTo(command);
        setup.AddTo(command);
        command.SetBody(async (parsed, report, cancellationToken) =>
        {
            await using var session = await server.CreateClient(parsed).ConnectAsync(setup.Create(parsed), cancellationToken);
            var file = parsed.GetValue(audio);
            using var wav = file is null ? null : new WavWriter(file.Create(), PcmFormat.Hz24000.SampleRateHz);
            var call = new Call(session, report, wav);
            if (parsed.GetValue(image) is { } picture)
                await session.SendVideoAsync(await File.ReadAllBytesAsync(picture.FullName, cancellationToken), MediaFiles.ImageType(picture), cancellationToken);
            call.Latency.Asked();
            await session.SendTextAsync(parsed.GetValue(text)!, cancellationToken);
            var complete = await call.ReadTurnAsync(cancellationToken);
            if (file is not null)
                report.Fact("audio", $"wrote {file.FullName}", ("path", file.FullName), ("seconds", PcmFormat.Hz24000.DurationOfBytes(call.AudioBytes).TotalSeconds));
            return complete ? ExitCodes.Success : ExitCodes.Failure;
        });
        return command;
    }
}
