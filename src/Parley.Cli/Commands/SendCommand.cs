using System.CommandLine;
using Parley.Cli.Calls;
using Parley.Client;

namespace Parley.Cli.Commands;

/// <summary><c>parley send</c>: sends audio, pictures and text to a session in real time.</summary>
internal static class SendCommand
{
    internal static Command Create(ToolEnvironment environment)
    {
        var audio = Files.Input("--audio", "Send this WAV file (any rate) in real time; - = standard input: WAV, or raw PCM16 at 16 kHz");
        var video = Files.Folder("--video", "Send the pictures of this folder, one per second");
        var text = new Option<string?>("--text") { Description = "Send this text after the audio and the pictures", HelpName = "TEXT" };
        var tools = CannedTool.Option();
        var output = Files.Output("--out", "Write the spoken answer to this WAV file (24 kHz)");
        var timeout = AnswerLimit.Option();
        var server = new ServerOptions(environment);
        var setup = new SetupOptions();
        var command = new Command("send", "Send audio, pictures and text in real time and print the answer")
        {
            audio, video, text, tools, output, timeout,
        };
        server.AddTo(command);
        setup.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetResult(audio) is null && result.GetResult(video) is null && result.GetResult(text) is null)
                result.AddError("Nothing to send. Give --audio, --video or --text.");
        });
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            var input = parsed.GetValue(audio);
            await using var pipe = input is { IsStandardInput: true } ? input.Open(environment) : null;
            var wav = input is { IsStandardInput: false }
                ? SpokenInput.TrimTrailingSilence(await input.ReadWavAsync(environment, cancellationToken))
                : null;
            var pictures = parsed.GetValue(video) is { } folder ? Picture.FilesOf(video.Name, folder) : [];
            var client = server.CreateClient(parsed);
            using var answer = parsed.GetValue(output)?.CreateWav();
            await using var session = await client.ConnectAsync(setup.Create(parsed, CannedTool.Of(parsed, tools)), cancellationToken);
            var call = new Call(session, report, answer, parsed.GetValue(timeout) ?? AnswerLimit.Default, environment.TimeProvider);

            var sendingPictures = SendPicturesAsync(session, pictures, environment, cancellationToken);
            if (wav is not null)
                await SpokenInput.SendAsync(session, wav, cancellationToken);
            if (pipe is not null)
                await SpokenInput.SendAsync(session, pipe, cancellationToken);
            await sendingPictures;
            call.Latency.EndOfSpeech();
            if (parsed.GetValue(text) is { } words)
                await session.SendTextAsync(words, cancellationToken);
            else if (input is null)
                return ExitCodes.Success; // Pictures alone start no turn, so there is no answer to wait for.
            using var answered = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var silence = input is null ? Task.CompletedTask : SpokenInput.SendSilenceAsync(session, answered.Token);
            try
            {
                await call.ReadTurnAsync(cancellationToken);
            }
            finally
            {
                await answered.CancelAsync();
                await silence.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task SendPicturesAsync(
        LiveSession session, IReadOnlyList<InputFile> pictures, ToolEnvironment environment, CancellationToken cancellationToken)
    {
        using var everySecond = new PeriodicTimer(TimeSpan.FromSeconds(1), environment.TimeProvider);
        for (var i = 0; i < pictures.Count; i++)
        {
            if (i > 0)
                await everySecond.WaitForNextTickAsync(cancellationToken);
            var picture = await Picture.ReadAsync(pictures[i], environment, cancellationToken);
            await session.SendVideoAsync(picture.Data, picture.MimeType, cancellationToken);
        }
    }
}
