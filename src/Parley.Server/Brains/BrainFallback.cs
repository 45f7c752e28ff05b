using Microsoft.Extensions.AI;

namespace Parley.Server.Brains;

/// <summary>What answers a turn where the brain failed before it said anything, as <see cref="BrainOptions.Fallback"/> names it.</summary>
/// <param name="Client">The client; null = none is configured.</param>
internal sealed record BrainFallback(IChatClient? Client);
