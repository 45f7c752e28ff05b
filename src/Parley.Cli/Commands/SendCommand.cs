using System.CommandLine;
using Parley.Cli.Calls;
using Parley.Client;

namespace Parley.Cli.Commands;

/// <summary><c>parley send</c>: sound, pictures and text into a session, in real time.</summary>
internal static class SendCommand
{
    internal static Command Create()
    {
        var audio = new Option<FileInfo?>("--audio") { Description = "Speak this WAV file (PCM16, any rate), in real time" };
        var video = new Option<DirectoryInfo?>("--video") { Description = "Show the pictures of this folder, one a second" };
        var text = new Option<string?>("--text") { Description = "Say this as text, behind the sound and the pictures" };
        var tools = new Option<string[]>("--tool") { Description = "Declare a function and its answer: name={json}, or name=error:text. May be repeated" };
        var output = new Option<FileInfo?>("--out") { Description = "Write the spoken answer to this WAV file (24 kHz)" };
        var server = new ServerOptions();
        var setup = new SetupOptions();
        var command = new Command("send", "Send sound, pictures and text in real time and print the answer") { audio, video, text, tools, output };
        server.AddTo(command);
        setup.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(audio) is null && result.GetValue(video) is null && result.GetValue(text) is null)
                result.AddError("There is nothing to send. Give --audio, --video or --text.");
        });
        command.SetBody(async (parsed, report, cancellationToken) =>
        {
            var wav = parsed.GetValue(audio) is { } file ? Speaker.WithoutSilenceBehind(WavFile.Load(file.FullName)) : null;
            var pictures = parsed.GetValue(video) is { } folder ? MediaFiles.Images(folder) : [];
            var canned = (parsed.GetValue(tools) ?? []).Select(CannedTool.Parse).ToList();
            await using var session = await server.CreateClient(parsed).ConnectAsync(setup.Create(parsed, canned), cancellationToken);
            using var answer = parsed.GetValue(output) is { } target ? new WavWriter(target.Create(), PcmFormat.Hz24000.SampleRateHz) : null;
            var call = new Call(session, report, answer);

            await ShowAndSpeakAsync(session, pictures, wav, cancellationToken);
            call.Latency.Asked();
            if (parsed.GetValue(text) is { } words)
                await session.SendTextAsync(words, cancellationToken);
            else if (wav is null)
                return ExitCodes.Success; // Pictures alone are not answered: nothing was said.
            using var hush = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var silence = wav is null ? Task.CompletedTask : Speaker.KeepOpenAsync(session, wav.SampleRateHz, hush.Token);
            var complete = await call.ReadTurnAsync(cancellationToken);
            await hush.CancelAsync();
            await silence.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return complete ? ExitCodes.Success : ExitCodes.Failure;
        });
        return command;
    }

    private static async Task ShowAndSpeakAsync(LiveSession session, IReadOnlyList<FileInfo> pictures, WavFile? wav, CancellationToken cancellationToken)
    {
        var showing = ShowAsync(session, pictures, cancellationToken);
        if (wav is not null)
            await Speaker.SpeakAsync(session, wav, cancellationToken);
        await showing;
    }

    private static async Task ShowAsync(LiveSession session, IReadOnlyList<FileInfo> pictures, CancellationToken cancellationToken)
    {
        using var everySecond = new PeriodicTimer(TimeSpan.FromSeconds(1));
        for (var i = 0; i < pictures.Count; i++)
        {
            if (i > 0)
                await everySecond.WaitForNextTickAsync(cancellationToken);
            await session.SendVideoAsync(await File.ReadAllBytesAsync(pictures[i].FullName, cancellationToken), MediaFiles.ImageType(pictures[i]), cancellationToken);
        }
    }
}
