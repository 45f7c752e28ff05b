using Parley.Client.Ending;

namespace Parley.Client.Tests.Ending;

public class CloseCausesTests
{
    [Theory]
    [InlineData(1000, "", EndCause.Completed, RetryAdvice.No)]
    [InlineData(1001, "", EndCause.GoingAway, RetryAdvice.Resume)]
    [InlineData(1006, "", EndCause.Network, RetryAdvice.Resume)]
    [InlineData(null, null, EndCause.Network, RetryAdvice.Resume)]
    [InlineData(1007, "Invalid JSON payload received. Unknown name \"config\": Cannot find field.", EndCause.UnknownField, RetryAdvice.No)]
    [InlineData(1007, "Request contains an invalid argument.", EndCause.InvalidArgument, RetryAdvice.OnceWithoutReplay)]
    [InlineData(1007, "setup must be the first message and only the first", EndCause.SetupOrder, RetryAdvice.No)]
    [InlineData(1007, "realtime_input.media_chunks is deprecated. Use audio, video, or text instead.", EndCause.DeprecatedField, RetryAdvice.No)]
    [InlineData(1007, "Precondition check failed.", EndCause.UnsupportedFeature, RetryAdvice.No)]
    [InlineData(1007, "API key not valid. Please pass a valid API key.", EndCause.InvalidKey, RetryAdvice.No)]
    [InlineData(1007, "API key expired. Please renew the API key.", EndCause.ExpiredKey, RetryAdvice.No)]
    [InlineData(1007, "User location is not supported for the API use.", EndCause.Region, RetryAdvice.No)]
    [InlineData(1007, "Invalid session handle", EndCause.InvalidHandle, RetryAdvice.StartFresh)]
    [InlineData(1007, "Thinking level must be specified", EndCause.UnsupportedFeature, RetryAdvice.No)]
    [InlineData(1007, "Thinking level is not supported for this model", EndCause.UnsupportedFeature, RetryAdvice.No)]
    [InlineData(1007, "Cannot extract voices from a non-audio request.", EndCause.UnsupportedFeature, RetryAdvice.No)]
    [InlineData(1007, "Unsupported language code 'xx-YY' for model models/m", EndCause.UnsupportedFeature, RetryAdvice.No)]
    [InlineData(1007, "There is no voice 'Koree'.", EndCause.UnsupportedFeature, RetryAdvice.No)]
    [InlineData(1007, "something new", EndCause.InvalidArgument, RetryAdvice.No)]
    [InlineData(1008, "models/m is not found for API version v1alpha, or is not supported for bidiGenerateContent. Call ListModels to see the li", EndCause.UnknownModel, RetryAdvice.No)]
    [InlineData(1008, "Operation is not implemented, or supported, or enabled.", EndCause.OperationRefused, RetryAdvice.Resume)]
    [InlineData(1008, "BidiGenerateContent session not found", EndCause.SessionNotFound, RetryAdvice.StartFresh)]
    [InlineData(1008, "Requested entity was not found.", EndCause.SessionNotFound, RetryAdvice.StartFresh)]
    [InlineData(1008, "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API c", EndCause.NoIdentity, RetryAdvice.No)]
    [InlineData(1008, "The operation was aborted", EndCause.LifetimeOver, RetryAdvice.Resume)]
    [InlineData(1008, "Connection aborted because the client failed to close the connection after receiving a GoAway signal", EndCause.LifetimeOver, RetryAdvice.Resume)]
    [InlineData(1008, "something new", EndCause.Forbidden, RetryAdvice.No)]
    [InlineData(1009, "Message too big", EndCause.MessageTooBig, RetryAdvice.No)]
    [InlineData(1011, "Internal error encountered.", EndCause.Internal, RetryAdvice.Resume)]
    [InlineData(1011, "Internal error occurred.", EndCause.Internal, RetryAdvice.Resume)]
    [InlineData(1011, "The service is currently unavailable.", EndCause.Unavailable, RetryAdvice.BackOff)]
    [InlineData(1011, "Deadline expired before operation could complete.", EndCause.LifetimeOver, RetryAdvice.Resume)]
    [InlineData(1011, "You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: h", EndCause.Quota, RetryAdvice.WaitAMinute)]
    [InlineData(1011, "RESOURCE_EXHAUSTED", EndCause.Quota, RetryAdvice.WaitAMinute)]
    [InlineData(1011, "Thread was cancelled when writing StartStep status to channel.; …", EndCause.Internal, RetryAdvice.Resume)]
    [InlineData(1011, "keepalive ping timeout", EndCause.Network, RetryAdvice.Resume)]
    [InlineData(1012, "", EndCause.Unavailable, RetryAdvice.BackOff)]
    [InlineData(1013, "", EndCause.Unavailable, RetryAdvice.BackOff)]
    [InlineData(4321, "who knows", EndCause.Unknown, RetryAdvice.BackOff)]
    public void Every_documented_close_has_a_cause_and_an_advice(int? code, string? reason, EndCause cause, RetryAdvice advice) =>
        Assert.Equal(new CloseCause(cause, advice), CloseClassifier.Classify(code, reason));

    [Theory]
    [InlineData("Invalid JSON payload received. Unknown name \"config\": Cannot find field.", "config")]
    [InlineData("Invalid JSON payload received. Unknown name \"foo\" at 'setup.generation_config': Cannot find field.", "setup.generation_config.foo")]
    [InlineData("Invalid JSON payload received. Unknown name \"foo\" at 'setup.gener", "setup.gener.foo")]
    [InlineData("Request contains an invalid argument.", null)]
    public void An_unknown_field_is_named_with_its_path(string reason, string? path)
    {
        Assert.Equal(path, new SessionEnd(EndCause.UnknownField, 1007, reason).FieldPath);
        Assert.Equal(path, new LiveConnectException("Closed", new CloseCause(EndCause.UnknownField, RetryAdvice.No), reason: reason).FieldPath);
    }

    [Fact]
    public void Every_cause_has_a_chapter_and_every_link_leads_to_it()
    {
        var chapters = ClosesPage().Split('\n').Where(static line => line.StartsWith("## ", StringComparison.Ordinal))
            .Select(static line => "https://github.com/parley-live/parley/blob/main/docs/closes.md#" + line[3..].Trim().ToLowerInvariant()).ToHashSet();

        foreach (var cause in Enum.GetValues<EndCause>())
        {
            Assert.Contains(new SessionEnd(cause, null, "").HelpLink, chapters);
            Assert.Contains(new LiveSessionException(new SessionEnd(cause, null, "")).HelpLink!, chapters);
        }
    }

    private static string ClosesPage()
    {
        using var page = new StreamReader(typeof(CloseCausesTests).Assembly.GetManifestResourceStream("closes.md")!);
        return page.ReadToEnd();
    }

    [Fact]
    public void Every_cause_but_normal_ends_has_a_hint()
    {
        EndCause[] silent = [EndCause.Unknown, EndCause.ByClient, EndCause.Completed, EndCause.ProtocolError];
        Assert.Equal(silent, Enum.GetValues<EndCause>().Where(cause => CloseCauses.Hint(cause).Length == 0));
    }
}
