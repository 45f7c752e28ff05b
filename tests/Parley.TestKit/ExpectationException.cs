namespace Parley.TestKit;

/// <summary>A test saw something other than it expected. The kit throws this one so that it needs no test runner.</summary>
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
