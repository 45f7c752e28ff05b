namespace Parley.Testing;

/// <summary>What of the client's messages must be as recorded. Audio and pictures are never compared byte by byte.</summary>
[Flags]
public enum CassetteMatch
{
    /// <summary>Only the number of messages counts.</summary>
    Nothing = 0,

    /// <summary>The setup, member by member.</summary>
    Setup = 1,

    /// <summary>Texts: of <c>realtimeInput</c>, and of the parts of <c>clientContent</c>.</summary>
    Text = 2,

    /// <summary>Names and ids of answered functions.</summary>
    ToolNames = 4,

    /// <summary>Results of functions.</summary>
    ToolResponses = 8,

    /// <summary>The order of the messages. Without it a message may come earlier or later than recorded.</summary>
    Order = 16,

    /// <summary>Every other member, such as <c>turnComplete</c> and <c>role</c>.</summary>
    Others = 32,

    /// <summary>All of the above, the default.</summary>
    Everything = Setup | Text | ToolNames | ToolResponses | Order | Others,
}
