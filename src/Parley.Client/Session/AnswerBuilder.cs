using System.Buffers;
using System.Text;
using Parley.Protocol;

namespace Parley.Client.Session;

/// <summary>Collects an answer from the updates of an exchange, up to a number of bytes.</summary>
internal sealed class AnswerBuilder(int maxBytes)
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _transcript = new();
    private readonly StringBuilder _heard = new();
    private readonly StringBuilder _thoughts = new();
    private readonly ArrayBufferWriter<byte> _audio = new();
    private readonly List<FunctionCall> _calls = [];
    private readonly List<ToolFailedUpdate> _failures = [];
    private readonly List<MediaUpdate> _media = [];
    private SessionUsage _usage = new();
    private TurnCompleteReason? _reason;
    private int _rateHz = AudioFormat.OutputRateHz;
    private bool _interrupted;
    private int _turns;
    private long _bytes;

    /// <exception cref="InvalidOperationException">The answer is too long.</exception>
    internal void Add(LiveUpdate update)
    {
        switch (update)
        {
            case AudioUpdate audio:
                Count(audio.Pcm.Length);
                _audio.Write(audio.Pcm.Span);
                _rateHz = audio.RateHz;
                break;
            case TextUpdate text:
                Append(_text, text.Text);
                break;
            case OutputTranscriptUpdate words:
                Append(_transcript, words.Text);
                break;
            case InputTranscriptUpdate words:
                Append(_heard, words.Text);
                break;
            case ThoughtUpdate thought:
                Append(_thoughts, thought.Text);
                break;
            case MediaUpdate media:
                Count(media.Data.Length);
                _media.Add(media);
                break;
            case ToolCallUpdate calls:
                Count(calls.WireBytes);
                _calls.AddRange(calls.Calls);
                break;
            case ToolFailedUpdate failed:
                _failures.Add(failed);
                break;
            case UsageUpdate usage:
                _usage = _usage.Plus(usage.Usage);
                break;
            case InterruptedUpdate:
                _interrupted = true;
                break;
            case TurnCompleteUpdate complete:
                (_reason, _turns) = (complete.Reason, _turns + 1);
                break;
        }
    }

    internal LiveAnswer Build() => new()
    {
        Text = (_text.Length > 0 ? _text : _transcript).ToString().Trim(),
        InputTranscript = _heard.ToString().Trim(),
        Thoughts = _thoughts.ToString(),
        Audio = _audio.WrittenMemory,
        AudioRateHz = _rateHz,
        ToolCalls = _calls,
        ToolFailures = _failures,
        Media = _media,
        Usage = _usage,
        Reason = _reason,
        WasInterrupted = _interrupted,
        Turns = _turns,
    };

    private void Append(StringBuilder text, string piece)
    {
        Count(piece.Length * 2);
        text.Append(piece);
    }

    private void Count(int bytes)
    {
        _bytes += bytes;
        if (_bytes > maxBytes)
        {
            throw new InvalidOperationException(
                $"The answer is longer than {maxBytes:N0} bytes. Raise LiveClientOptions.MaxAnswerBytes, or use AskStreamingAsync.");
        }
    }
}
