using System.CommandLine;
using System.Globalization;
using System.Threading.Channels;
using Parley.Cli.Calls;
using Parley.Cli.Output;
using Parley.Testing;

namespace Parley.Cli.Commands;

/// <summary><c>parley call URL</c>: a virtual telephone call to a media-stream WebSocket, or to the webhook before it.</summary>
internal static class CallCommand
{
    /// <summary>A pause of this length ends the answer.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    internal static Command Create(ToolEnvironment environment)
    {
        var url = new Argument<string>("url") { Description = "Media-stream WebSocket (ws, wss), or the webhook of incoming calls (http, https)", HelpName = "URL" };
        var audio = Files.Input("--audio", "Speak this WAV file; - = standard input");
        var save = Files.Output("--save", "Write what the caller heard to this WAV file");
        var timeout = Durations.Option("--timeout", "Longest wait for the answer. Default: 30s");
        var carrier = new CarrierOptions();
        var command = new Command("call", "Call a telephone gateway as a carrier does, without an account") { url, audio, save, timeout };
        carrier.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(url) is { Length: > 0 } text && !TryParse(text, out _))
                result.AddError($"URL must begin with ws://, wss://, http:// or https://, not '{text}'.");
        });
        command.SetBody(environment, async (parsed, report, cancellationToken) =>
        {
            _ = TryParse(parsed.GetValue(url)!, out var address);
            var question = parsed.GetValue(audio) is { } file ? await file.ReadWavAsync(environment, cancellationToken) : null;
            var script = new PhoneScript(question, carrier.Keys(parsed), parsed.GetValue(timeout) ?? AnswerLimit.Default);
            var output = parsed.GetValue(save);
            await using var target = output?.Create();
            var events = Channel.CreateUnbounded<CallerEvent>();
            await using var caller = await DialAsync(address, carrier, parsed, environment, report, events.Writer, cancellationToken);
            report.Fact(
                "connected", $"connected to {address.Authority}, call {caller.CallId}", ("callId", caller.CallId), ("streamId", caller.StreamId));
            try
            {
                var result = await new PhoneCall(caller, events.Reader, environment.TimeProvider).RunAsync(script, cancellationToken);
                Show(report, caller, result, script);
                return Judge(caller, result, script);
            }
            finally
            {
                // What was heard until then is kept when the call is interrupted, too.
                if (target is not null)
                {
                    caller.Heard.Write(target);
                    report.Fact("saved", $"wrote {output!.FullPath}", ("path", output.FullPath));
                }
            }
        });
        return command;
    }

    private static async Task<VirtualCaller> DialAsync(
        Uri address, CarrierOptions carrier, ParseResult parsed, ToolEnvironment environment, IReport report, ChannelWriter<CallerEvent> events,
        CancellationToken cancellationToken)
    {
        try
        {
            return await VirtualCaller.CallAsync(
                address,
                options =>
                {
                    carrier.Apply(parsed, address, options);
                    (options.TimeProvider, options.Invoker, options.SoundPause) = (environment.TimeProvider, environment.Invoker, Pause);
                    options.Observer = change =>
                    {
                        Show(report, change);
                        events.TryWrite(change);
                    };
                },
                cancellationToken);
        }
        catch (CallRefusedException e)
        {
            throw new CommandException(e.Message, (int?)e.StatusCode is >= 400 and < 500 ? ExitCodes.Refused : ExitCodes.Failure);
        }
        catch (ArgumentException e) when (e is not ArgumentOutOfRangeException)
        {
            throw new CommandException(e.Message.Split(" (Parameter")[0], ExitCodes.Usage);
        }
    }

    private static void Show(IReport report, CallerEvent change)
    {
        var sentence = change.Kind switch
        {
            CallerEventKind.SpeechEnded => $"spoke for {Seconds(change.Length)}",
            CallerEventKind.SoundEnded => $"heard sound for {Seconds(change.Length)}",
            CallerEventKind.Cleared => $"the server cleared {Seconds(change.Length)} of audio",
            CallerEventKind.MarkPlayed => $"mark {change.Text} was played",
            CallerEventKind.MarkCleared => $"mark {change.Text} was cleared",
            CallerEventKind.KeyPressed => $"pressed {change.Text}",
            CallerEventKind.Ended => change.Length > TimeSpan.Zero ? $"the call ended; {Seconds(change.Length)} were not heard" : "the call ended",
            // Their ends say more.
            _ => null,
        };
        if (sentence is null)
            return;
        report.Fact(
            NameOf(change.Kind), string.Create(CultureInfo.InvariantCulture, $"{change.At.TotalSeconds,7:0.00} s  {sentence}"),
            ("at", Rounded(change.At)), ("text", change.Text.Length > 0 ? change.Text : null),
            ("seconds", change.Length > TimeSpan.Zero ? Rounded(change.Length) : null));
    }

    private static void Show(IReport report, VirtualCaller caller, PhoneResult result, PhoneScript script)
    {
        var input = script.Keys is not null ? "the last key" : script.Audio is not null ? "the end of speech" : "the start of the call";
        var latency = result.FirstSound is { } first ? first - result.Asked : (TimeSpan?)null;
        var answer = latency is { } waited
            ? string.Create(CultureInfo.InvariantCulture, $"; first sound {waited.TotalMilliseconds:0} ms after {input}")
            : "";
        if (caller.Gaps is { Count: > 0 } gaps)
            answer += $"; {gaps.Count} gap(s) because audio came late, the longest {gaps.Max(static gap => gap.Length).TotalMilliseconds:0} ms";
        foreach (var problem in caller.Problems)
            report.Note(problem);
        report.Fact(
            "call", $"call of {Seconds(result.End.At)}, heard {Seconds(result.Heard)}{answer}",
            ("seconds", Rounded(result.End.At)), ("heardSeconds", Rounded(result.Heard)), ("firstSoundMs", latency?.TotalMilliseconds),
            ("endedBy", result.End.ByCaller ? "caller" : "server"), ("closeCode", result.End.CloseCode), ("problems", caller.Problems.Count), ("gaps", caller.Gaps.Count),
            ("framesSent", caller.Sent.Frames), ("framesSentLost", caller.Sent.Lost), ("framesSentLate", caller.Sent.Late),
            ("framesPlayed", caller.Played.Frames), ("framesPlayedLost", caller.Played.Lost), ("messagesLate", caller.Played.Late));
    }

    private static int Judge(VirtualCaller caller, PhoneResult result, PhoneScript script)
    {
        if (caller.Problems.Count > 0)
            throw new CommandException($"The carrier would not have understood the server: {caller.Problems[0]}", ExitCodes.Failure);
        if (result.FirstSound is not null)
            return ExitCodes.Success;
        throw new CommandException(
            result.End.ByCaller
                ? $"No sound was heard within {AnswerLimit.Describe(script.Timeout)}."
                : $"The server hung up before the answer was heard (close code {result.End.CloseCode?.ToString(CultureInfo.InvariantCulture) ?? "none"}).",
            ExitCodes.Failure);
    }

    private static bool TryParse(string text, out Uri url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url!) && url is { Scheme: "ws" or "wss" or "http" or "https", Host.Length: > 0 };

    private static string NameOf(CallerEventKind kind) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.00} s");

    private static double? Rounded(TimeSpan time) => Math.Round(time.TotalSeconds, 3);
}
