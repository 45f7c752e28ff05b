namespace Parley.Testing.Faults;

/// <summary>Where a connection is with one message.</summary>
/// <param name="FromClient">Who sent it.</param>
/// <param name="Number">Its number in its direction, from 1.</param>
/// <param name="Kinds">What it contains.</param>
/// <param name="Chunk">Its number among the audio messages of its answer; zero for others.</param>
/// <param name="Held">Its number among those of the answer that was held back; zero for others.</param>
/// <param name="AllHeld">How many those are.</param>
internal readonly record struct ReachedPoint(bool FromClient, int Number, MessageKinds Kinds, int Chunk, int Held, int AllHeld)
{
    internal bool IsShare(double share) =>
        AllHeld is > 0 and var all && Held == Math.Clamp((int)Math.Round(all * share, MidpointRounding.AwayFromZero), 1, all);
}
