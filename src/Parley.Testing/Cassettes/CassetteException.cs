namespace Parley.Testing;

/// <summary>A cassette cannot be read, recorded or saved: it is missing, damaged, of an unknown version, or contains a secret.</summary>
public sealed class CassetteException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong, and what to do.</param>
    public CassetteException(string message)
        : base(message)
    {
    }

    /// <inheritdoc cref="CassetteException(string)"/>
    /// <param name="message">What is wrong, and what to do.</param>
    /// <param name="innerException">Its cause.</param>
    public CassetteException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the exception.</summary>
    public CassetteException()
    {
    }
}
