using Parley.Protocol;
using Parley.Server;

namespace Parley.Testing.Quirks;

internal sealed class RaggedTranscripts : QuirkStage
{
    private readonly Lock _gate = new();
    private string _space = "";

    internal override void MediaToClient(in LiveMedia media) => Outer.MediaToClient(media.Text is { } text && !media.Pcm.IsEmpty ? media with { Text = Moved(text) } : media);

    internal override void ToClient(LiveSessionResponse message)
    {
        if (message.ServerContent is not { } content)
        {
            Outer.ToClient(message);
            return;
        }
        if (content.TurnComplete is true)
            Moved("");
        Outer.ToClient(message with
        {
            ServerContent = content with
            {
                InputTranscription = content.InputTranscription is { } heard ? heard with { Finished = null } : null,
                OutputTranscription = content.OutputTranscription is { } said ? said with { Finished = null, Text = said.Text is { } text ? Moved(text) : null } : null,
            },
        });
    }

    // The space at the end of a piece moves to the beginning of the next.
    private string Moved(string text)
    {
        lock (_gate)
        {
            var trimmed = text.TrimEnd(' ');
            var moved = _space + trimmed;
            _space = text[trimmed.Length..];
            return moved;
        }
    }
}

internal sealed class LateTranscripts : QuirkStage
{
    private static readonly TimeSpan Stray = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private List<string> _late = [];

    internal override void MediaToClient(in LiveMedia media)
    {
        if (media.Pcm.IsEmpty || media.Text is null)
        {
            Outer.MediaToClient(media);
            return;
        }
        lock (_gate)
            _late.Add(media.Text);
        Outer.MediaToClient(media with { Text = null });
    }

    internal override void ToClient(LiveSessionResponse message)
    {
        var isEnd = message.ServerContent is { GenerationComplete: true } or { TurnComplete: true } or { Interrupted: true };
        var hadWords = false;
        if (isEnd || message.ToolCall is not null)
        {
            List<string> late;
            lock (_gate)
                (late, _late) = (_late, []);
            hadWords = late.Count > 0;
            late.ForEach(text => Outer.ToClient(Caption(text)));
        }
        Outer.ToClient(message);
        if (hadWords && isEnd)
            Session.After(Stray, () => Outer.ToClient(Caption("Thank you for watching.")));
    }
}
