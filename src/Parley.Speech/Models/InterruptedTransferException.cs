namespace Parley.Speech.Models;

/// <summary>A transfer broke in a way that another attempt may not.</summary>
internal sealed class InterruptedTransferException(string message, TimeSpan pause = default) : Exception(message)
{
    /// <summary>How long the server asks to wait; zero if it does not.</summary>
    public TimeSpan Pause { get; } = pause;
}
