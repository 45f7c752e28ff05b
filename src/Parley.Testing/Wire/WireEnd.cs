using System.IO.Pipelines;

namespace Parley.Testing.Wire;

/// <summary>One side of a connection.</summary>
internal abstract class WireEnd(PipeReader input, PipeWriter output)
{
    /// <summary>What the side sends.</summary>
    internal PipeReader Input => input;

    /// <summary>What the side receives. A flush returns when the bytes have left the process, or wait to be read in it.</summary>
    internal PipeWriter Output => output;

    /// <summary>Ends what the side receives, in order or by a reset of the whole connection. What was written before arrives. May be called twice.</summary>
    internal abstract Task EndAsync(bool isReset);
}
