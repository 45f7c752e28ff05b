using System.CommandLine;
using Parley.Cli.Calls;
using Parley.Cli.Hosting;
using Parley.Client;

namespace Parley.Cli.Commands;

/// <summary><c>parley demo</c>: a server of its own, a spoken question in real time, a spoken answer in a file.</summary>
internal static class DemoCommand
{
    internal static Command Create()
    {
        var audio = new Option<FileInfo?>("--audio") { Description = "The question, a WAV file. Default: the one that comes with parley" };
        var output = new Option<FileInfo>("--out") { Description = "Where the answer goes", DefaultValueFactory = _ => new FileInfo("answer.wav") };
        var setup = new SetupOptions();
        var command = new Command("demo", "Ask a spoken question of a server started for it, and write the spoken answer") { audio, output };
        setup.AddTo(command);
        command.SetBody(async (parsed, report, cancellationToken) =>
        {
            var question = Speaker.WithoutSilenceBehind(parsed.GetValue(audio) is { } file ? WavFile.Load(file.FullName) : await SampleQuestionAsync());
            await using var server = await LocalServer.StartAsync(new ServeSettings { Port = 0, Quiet = true }, cancellationToken);
            report.Fact("server", $"server   {server.Address}", ("url", server.Address.ToString()));

            var client = LiveClient.FromApiKey(ServerOptions.DevelopmentKey, new LiveClientOptions { BaseAddress = server.Address });
            await using var session = await client.ConnectAsync(setup.Create(parsed), cancellationToken);
            var target = parsed.GetValue(output)!;
            using var wav = new WavWriter(target.Create(), PcmFormat.Hz24000.SampleRateHz);
            var call = new Call(session, report, wav);
            report.Fact("question", $"question {question.Duration.TotalSeconds:0.0} s of speech, sent in real time", ("seconds", question.Duration.TotalSeconds));

            await Speaker.SpeakAsync(session, question, cancellationToken);
            call.Latency.Asked();
            using var hush = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var silence = Speaker.KeepOpenAsync(session, question.SampleRateHz, hush.Token);
            var complete = await call.ReadTurnAsync(cancellationToken);
            await hush.CancelAsync();
            await silence.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            Check(complete, "the turn was not completed");
            Check(call.WasHeard, "there was no transcription of the question");
            Check(call.WasAnswered, "there was no transcription of the answer");
            Check(call.AudioBytes > 0, "there was no sound in the answer");
            var seconds = PcmFormat.Hz24000.DurationOfBytes(call.AudioBytes).TotalSeconds;
            report.Fact("answer", $"answer   {seconds:0.0} s of speech in {target.Name}", ("path", target.FullName), ("seconds", seconds));
            return ExitCodes.Success;
        });
        return command;
    }

    private static void Check(bool holds, string problem)
    {
        if (!holds)
            throw new CommandException($"The demo did not work: {problem}.", ExitCodes.Failure);
    }

    private static async Task<WavFile> SampleQuestionAsync()
    {
        await using var resource = typeof(DemoCommand).Assembly.GetManifestResourceStream("question.wav")!;
        using var copy = new MemoryStream();
        await resource.CopyToAsync(copy);
        return WavFile.Parse(copy.ToArray());
    }
}
