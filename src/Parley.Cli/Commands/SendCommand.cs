using System.CommandLine;
using Parley.Cli.Calls;
using Parley.Client;
using Parley.Server.Storage;

namespace Parley.Cli.Commands;

/// <summary><c>parley send</c>: sends audio, pictures and text to a session in real time.</summary>
internal static class SendCommand
{
    internal static Command Create()
    {
        var audio = new Option<FileInfo?>("--audio")
        {
            Description = "Send this WAV file (any rate) in real time",
            HelpName = "FILE",
        };
        var video = new Option<DirectoryInfo?>("--video")
        {
            Description = "Send the pictures of this folder, one per second",
            HelpName = "FOLDER",
        };
        var text = new Option<string?>("--text") { Description = "Send this text after the audio and the pictures", HelpName = "TEXT" };
        var tools = new Option<string[]>("--tool")
        {
            Description = "Declare a function and its response: name={json}, or name=error:text. Repeatable",
            HelpName = "NAME=RESPONSE",
        };
        var output = new Option<FileInfo?>("--out")
        {
            Description = "Write the spoken answer to this WAV file (24 kHz)",
            HelpName = "FILE",
        };
        var server = new ServerOptions();
        var setup = new SetupOptions();
        var command = new Command("send", "Send audio, pictures and text in real time and print the answer")
        {
            audio, video, text, tools, output,
        };
        server.AddTo(command);
        setup.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(audio) is null && result.GetValue(video) is null && result.GetValue(text) is null)
                result.AddError("Nothing to send. Give --audio, --video or --text.");
        });
        command.SetBody(async (parsed, report, cancellationToken) =>
        {
            var wav = parsed.GetValue(audio) is { } file ? SpokenInput.TrimTrailingSilence(WavFile.Load(file.FullName)) : null;
            var pictures = parsed.GetValue(video) is { } folder ? MediaFiles.Images(folder) : [];
            var canned = (parsed.GetValue(tools) ?? []).Select(CannedTool.Parse).ToList();
            await using var session = await server.CreateClient(parsed).ConnectAsync(setup.Create(parsed, canned), cancellationToken);
            using var answer = parsed.GetValue(output) is { } target ? new WavWriter(PrivateFiles.Create(target.FullName), PcmFormat.Hz24000.SampleRateHz) : null;
            var call = new Call(session, report, answer);

            await SendMediaAsync(session, pictures, wav, cancellationToken);
            call.Latency.EndOfSpeech();
            if (parsed.GetValue(text) is { } words)
                await session.SendTextAsync(words, cancellationToken);
            else if (wav is null)
                return ExitCodes.Success; // Pictures alone start no turn, so there is no answer to wait for.
            using var answered = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var silence = wav is null ? Task.CompletedTask : SpokenInput.SendSilenceAsync(session, wav.SampleRateHz, answered.Token);
            var complete = await call.ReadTurnAsync(cancellationToken);
            await answered.CancelAsync();
            await silence.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return complete ? ExitCodes.Success : ExitCodes.Failure;
        });
        return command;
    }

    private static async Task SendMediaAsync(
        LiveSession session, IReadOnlyList<FileInfo> pictures, WavFile? wav, CancellationToken cancellationToken)
    {
        var sendingPictures = SendPicturesAsync(session, pictures, cancellationToken);
        if (wav is not null)
            await SpokenInput.SendAsync(session, wav, cancellationToken);
        await sendingPictures;
    }

    private static async Task SendPicturesAsync(LiveSession session, IReadOnlyList<FileInfo> pictures, CancellationToken cancellationToken)
    {
        using var everySecond = new PeriodicTimer(TimeSpan.FromSeconds(1));
        for (var i = 0; i < pictures.Count; i++)
        {
            if (i > 0)
                await everySecond.WaitForNextTickAsync(cancellationToken);
            await session.SendVideoAsync(
                await File.ReadAllBytesAsync(pictures[i].FullName, cancellationToken), MediaFiles.ImageType(pictures[i]),
                cancellationToken);
        }
    }
}
