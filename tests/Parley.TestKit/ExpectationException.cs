namespace Parley.TestKit;

/// <summary>A test observed something else than it expected. The kit has its own exception so that it works with any test runner.</summary>
public sealed class ExpectationException : Exception
{
    public ExpectationException(string message)
        : base(message)
    {
    }

    public ExpectationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public ExpectationException()
    {
    }
}
