namespace Parley.Server.PostgreSql.Stores;

/// <summary>A checkpoint without media that waits to be saved, with its encoded state.</summary>
internal sealed record PendingSave(SessionCheckpoint Checkpoint, short Encoding, byte[] Data)
{
    private readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Task<bool> Done => _done.Task;

    internal void Complete(bool isSaved) => _done.TrySetResult(isSaved);

    internal void Fail(Exception cause) => _done.TrySetException(cause);
}
