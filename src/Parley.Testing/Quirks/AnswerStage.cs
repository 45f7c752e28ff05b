using Parley.Protocol;
using Parley.Server;

namespace Parley.Testing.Quirks;

/// <summary>A quirk that some answers have and others have not. What is no output of the model, such as calls, passes.</summary>
internal abstract class AnswerStage : QuirkStage
{
    private readonly Lock _gate = new();
    private int _answers;
    private bool _isIn, _applies;

    /// <summary>Whether an answer has it.</summary>
    /// <param name="answer">Its number in the connection, from 1.</param>
    private protected virtual bool Applies(int answer) => answer % 2 == 1;

    internal sealed override void MediaToClient(in LiveMedia media)
    {
        if (Begin(isEnd: false))
            Media(media);
        else
            Outer.MediaToClient(media);
    }

    internal sealed override void ToClient(LiveSessionResponse message)
    {
        if (message.ServerContent is { } content
            && (content.ModelTurn is not null || content.OutputTranscription is not null || content.GenerationComplete is true || content.TurnComplete is true || content.Interrupted is true)
            && Begin(isEnd: content.TurnComplete is true))
        {
            Output(message, content);
        }
        else
        {
            Outer.ToClient(message);
        }
    }

    private protected abstract void Media(in LiveMedia media);

    private protected abstract void Output(LiveSessionResponse message, ServerContent content);

    private bool Begin(bool isEnd)
    {
        lock (_gate)
        {
            if (!_isIn)
                (_isIn, _applies) = (true, Applies(++_answers));
            _isIn = !isEnd;
            return _applies;
        }
    }
}

internal sealed class EarlyTurnComplete : AnswerStage
{
    private const int Chunks = 3;

    private int _sent;

    private protected override void Media(in LiveMedia media)
    {
        if (_sent >= Chunks)
            return;
        Outer.MediaToClient(media);
        if (++_sent == Chunks)
            Outer.ToClient(Message(new ServerContent { TurnComplete = true }));
    }

    private protected override void Output(LiveSessionResponse message, ServerContent content)
    {
        if (_sent < Chunks)
            Outer.ToClient(message);
        if (content.TurnComplete is true)
            _sent = 0;
    }
}

internal sealed class EchoInterrupts : AnswerStage
{
    private bool _isInterrupted;

    private protected override void Media(in LiveMedia media)
    {
        if (_isInterrupted)
            return;
        _isInterrupted = true;
        Outer.ToClient(Message(new ServerContent { Interrupted = true }));
        Outer.ToClient(Message(new ServerContent { TurnComplete = true }));
    }

    private protected override void Output(LiveSessionResponse message, ServerContent content)
    {
        if (!_isInterrupted)
            Outer.ToClient(message);
        if (content.TurnComplete is true)
            _isInterrupted = false;
    }
}

internal sealed class EmptyTurns : AnswerStage
{
    private protected override void Media(in LiveMedia media)
    {
    }

    private protected override void Output(LiveSessionResponse message, ServerContent content)
    {
        if (content.TurnComplete is true)
            Outer.ToClient(message with { ServerContent = new ServerContent { TurnComplete = true } });
    }
}

internal sealed class UnansweredTurns : AnswerStage
{
    private const double Share = 0.22;

    private protected override bool Applies(int answer) => Session.Random.NextDouble() < Share;

    private protected override void Media(in LiveMedia media)
    {
    }

    private protected override void Output(LiveSessionResponse message, ServerContent content)
    {
    }
}
