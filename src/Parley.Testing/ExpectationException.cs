namespace Parley.Testing;

/// <summary>A test observed something else than it expected. The kit has its own exception, so that it works with any test framework.</summary>
public sealed class ExpectationException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was expected, and what came.</param>
    public ExpectationException(string message)
        : base(message)
    {
    }

    /// <inheritdoc cref="ExpectationException(string)"/>
    /// <param name="message">What was expected, and what came.</param>
    /// <param name="innerException">Its cause.</param>
    public ExpectationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the exception.</summary>
    public ExpectationException()
    {
    }
}
