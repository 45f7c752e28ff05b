using System.CommandLine;
using Parley.Cli.Calls;
using Parley.Cli.Hosting;
using Parley.Client;
using Parley.Server.Storage;

namespace Parley.Cli.Commands;

/// <summary><c>parley demo</c>: starts a server, asks a spoken question in real time and writes the spoken answer to a file.</summary>
internal static class DemoCommand
{
    internal static Command Create()
    {
        var audio = new Option<FileInfo?>("--audio")
        {
            Description = "WAV file with the question. Default: a recording that comes with parley",
            HelpName = "FILE",
        };
        var output = new Option<FileInfo>("--out")
        {
            Description = "Write the answer to this WAV file",
            HelpName = "FILE",
            DefaultValueFactory = _ => new FileInfo("answer.wav"),
        };
        var setup = new SetupOptions();
        var command = new Command("demo", "Start a server, ask it a spoken question and write the spoken answer") { audio, output };
        setup.AddTo(command);
        command.SetBody(async (parsed, report, cancellationToken) =>
        {
            var question = SpokenInput.TrimTrailingSilence(
                parsed.GetValue(audio) is { } file ? WavFile.Load(file.FullName) : await SampleQuestionAsync());
            await using var server = await LocalServer.StartAsync(new ServeSettings { Port = 0, Quiet = true }, cancellationToken);
            report.Fact("server", $"server   {server.Address}", ("url", server.Address.ToString()));

            var client = LiveClient.FromApiKey(ServerOptions.DevelopmentKey, new LiveClientOptions { BaseAddress = server.Address });
            await using var session = await client.ConnectAsync(setup.Create(parsed), cancellationToken);
            var target = parsed.GetValue(output)!;
            using var wav = new WavWriter(PrivateFiles.Create(target.FullName), PcmFormat.Hz24000.SampleRateHz);
            var call = new Call(session, report, wav);
            report.Fact(
                "question", $"question {question.Duration.TotalSeconds:0.0} s of speech, sent in real time",
                ("seconds", question.Duration.TotalSeconds));

            await SpokenInput.SendAsync(session, question, cancellationToken);
            call.Latency.EndOfSpeech();
            using var answered = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var silence = SpokenInput.SendSilenceAsync(session, question.SampleRateHz, answered.Token);
            var complete = await call.ReadTurnAsync(cancellationToken);
            await answered.CancelAsync();
            await silence.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            Check(complete, "the turn was not completed");
            Check(call.WasHeard, "the question was not transcribed");
            Check(call.WasAnswered, "the answer was not transcribed");
            Check(call.AudioBytes > 0, "the answer has no audio");
            var seconds = PcmFormat.Hz24000.DurationOfBytes(call.AudioBytes).TotalSeconds;
            report.Fact("answer", $"answer   {seconds:0.0} s of speech in {target.Name}", ("path", target.FullName), ("seconds", seconds));
            return ExitCodes.Success;
        });
        return command;
    }

    private static void Check(bool holds, string problem)
    {
        if (!holds)
            throw new CommandException($"The demo failed: {problem}.", ExitCodes.Failure);
    }

    private static async Task<WavFile> SampleQuestionAsync()
    {
        await using var resource = typeof(DemoCommand).Assembly.GetManifestResourceStream("question.wav")!;
        using var copy = new MemoryStream();
        await resource.CopyToAsync(copy);
        return WavFile.Parse(copy.ToArray());
    }
}
