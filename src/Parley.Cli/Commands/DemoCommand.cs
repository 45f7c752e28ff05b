using System.CommandLine;
using Parley.Cli.Calls;
using Parley.Cli.Hosting;
using Parley.Client;

namespace Parley.Cli.Commands;

/// <summary><c>parley demo</c>: starts a server, asks a spoken question in real time and writes the spoken answer to a file.</summary>
internal static class DemoCommand
{
    internal static Command Create(ToolEnvironment environment)
    {
        var audio = Files.Input("--audio", "WAV file with the question; - = standard input. Default: a recording that comes with parley");
        var output = Files.Output("--out", "Write the answer to this WAV file. Default: answer.wav");
        var setup = new SetupOptions();
        var command = new Command("demo", "Start a server, ask it a spoken question and write the spoken answer") { audio, output };
        setup.AddTo(command);
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            var question = SpokenInput.TrimTrailingSilence(
                parsed.GetValue(audio) is { } file ? await file.ReadWavAsync(environment, cancellationToken) : await SampleQuestion.ReadAsync());
            var target = parsed.GetValue(output) ?? new OutputFile(output.Name, "answer.wav");
            using var wav = target.CreateWav();
            await using var server = await LocalServer.StartAsync(new ServeSettings { Port = 0, Quiet = true, WarmUp = false }, cancellationToken);
            report.Fact("server", $"server   {server.Address}", ("url", server.Address.ToString()));

            var client = LiveClient.FromApiKey(ServerOptions.DevelopmentKey, new LiveClientOptions { BaseAddress = server.Address });
            await using var session = await client.ConnectAsync(setup.Create(parsed), cancellationToken);
            var call = new Call(session, report, wav, AnswerLimit.Default, environment.TimeProvider);
            report.Fact(
                "question", $"question {question.Duration.TotalSeconds:0.0} s of speech, sent in real time",
                ("seconds", question.Duration.TotalSeconds));

            await SpokenInput.SendAsync(session, question, cancellationToken);
            call.Latency.EndOfSpeech();
            using var answered = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var silence = SpokenInput.SendSilenceAsync(session, answered.Token);
            try
            {
                await call.ReadTurnAsync(cancellationToken);
            }
            finally
            {
                await answered.CancelAsync();
                await silence.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            Check(call.WasHeard, "the question was not transcribed");
            Check(call.WasAnswered, "the answer was not transcribed");
            Check(call.AudioBytes > 0, "the answer has no audio");
            var seconds = PcmFormat.Hz24000.DurationOfBytes(call.AudioBytes).TotalSeconds;
            report.Fact("answer", $"answer   {seconds:0.0} s of speech in {target.Path}", ("path", target.FullPath), ("seconds", seconds));
            return ExitCodes.Success;
        });
        return command;
    }

    private static void Check(bool holds, string problem)
    {
        if (!holds)
            throw new CommandException($"The demo failed: {problem}.", ExitCodes.Failure);
    }
}
