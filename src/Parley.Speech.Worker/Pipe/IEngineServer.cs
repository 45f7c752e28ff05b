namespace Parley.Speech.Worker.Pipe;

/// <summary>Handles the messages of one engine in a worker.</summary>
internal interface IEngineServer
{
    /// <summary>Answers a message, on the engine thread. An exception is answered with <see cref="PipeMessage.Failed"/>.</summary>
    void Handle(PipeMessage kind, ReadOnlySpan<byte> content);

    /// <summary>Stops the text or request with this number if it is being answered; called while <see cref="Handle"/> runs.</summary>
    void Cancel(int number);
}
