namespace Parley.Testing;

/// <summary>Frames of one direction of a call.</summary>
/// <param name="Frames">Frames of 20 ms: those the caller spoke, silence included, or those of the server that were played.</param>
/// <param name="Lost">How many of them were lost (<see cref="VirtualCallerOptions.LossPercent"/>).</param>
/// <param name="Late">Messages with audio that came late (<see cref="VirtualCallerOptions.LatePercent"/>).</param>
public readonly record struct CallerTraffic(int Frames, int Lost, int Late);
