using System.ComponentModel.DataAnnotations;

namespace Parley.Server.Cascade;

/// <summary>How the local cascade of detector, brain and voice behaves.</summary>
public sealed class CascadeOptions
{
    /// <summary>
    /// How far ahead of a client that plays in real time an answer is sent; default 2 seconds. More bridges worse networks; less loses
    /// fewer words of history to an interruption.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan AudioLead { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Hold <c>turnComplete</c> back until a client that plays in real time has played the answer (reference section 6.2); default false.
    /// </summary>
    public bool DelayTurnComplete { get; set; }

    /// <summary>Characters spoken a second, to spread the words of a sentence over its sound; default 13, the pace of the built-in voices.</summary>
    [Range(1, 100)]
    public double CharactersPerSecond { get; set; } = 13;
}
