namespace Parley.Testing.Tests.Conformance;

/// <summary>A test server that answers what the checks say, and runs against it.</summary>
internal static class ConformingServer
{
    internal static Task<LiveTestServer> StartAsync(Action<LiveTestServerOptions>? configure = null) => StartAsync(LiveConformance.AnswerChecks, configure);

    internal static async Task<LiveTestServer> StartAsync(Action<Scenario> answers, Action<LiveTestServerOptions>? configure = null)
    {
        var server = await LiveTestServer.StartAsync(
            options =>
            {
                options.TimeProvider = TimeProvider.System;
                options.Recognize = static _ => "hello";
                configure?.Invoke(options);
            },
            TestContext.Current.CancellationToken);
        answers(server.Scenario);
        return server;
    }

    internal static Task<ConformanceReport> CheckAsync(LiveTestServer server, Action<ConformanceOptions>? configure = null)
    {
        var options = new ConformanceOptions { SpeechSpeed = 0, Parallelism = 16, Silence = TimeSpan.FromMilliseconds(150), Timeout = TimeSpan.FromSeconds(5) };
        configure?.Invoke(options);
        return LiveConformance.RunAsync(ConformanceTarget.Of(server), options, progress: null, TestContext.Current.CancellationToken);
    }
}
