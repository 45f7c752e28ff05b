using Microsoft.Extensions.DependencyInjection;
using Parley.Server;

namespace Parley.Phone.Tests.Support;

/// <summary>A server with telephone on one clock with its callers.</summary>
internal sealed class PhoneHost : IAsyncDisposable
{
    public const string AdminSecret = "admin-secret-of-the-tests";

    /// <summary>A turn of the call, in which both sides are done with what they got.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    private PhoneHost(InMemoryHost host, TestClock clock, PhoneModel model) => (Host, Clock, Model) = (host, clock, model);

    public InMemoryHost Host { get; }

    public TestClock Clock { get; }

    public PhoneModel Model { get; }

    public PhoneCalls Calls => Host.Services.GetRequiredService<PhoneCalls>();

    public static async Task<PhoneHost> StartAsync(
        Action<PhoneOptions>? options = null, Action<PhoneBuilder>? phone = null, Action<IServiceCollection>? services = null, Action<LiveApiBuilder>? live = null)
    {
        var (clock, model) = (new TestClock(), new PhoneModel());
        var host = await InMemoryHost.StartAsync(
            builder =>
            {
                var api = builder.Services.AddLiveApi(static api =>
                {
                    api.Connections.KeepAliveInterval = TimeSpan.Zero;
                    api.Connections.CloseTimeout = TimeSpan.FromDays(1);
                    api.Admin.Secret = AdminSecret;
                });
                if (live is null)
                    api.UseDefaultModel(_ => model);
                else
                    live(api);
                var added = api.AddPhone(phone =>
                {
                    phone.AllowLocalStreams = true;
                    options?.Invoke(phone);
                });
                phone?.Invoke(added);
                services?.Invoke(builder.Services);
            },
            static app =>
            {
                app.MapLiveApi();
                app.MapPhone();
            },
            clock);
        clock.Settle(host.QuietAsync);
        return new PhoneHost(host, clock, model);
    }

    public async Task<VirtualCaller> CallAsync(CallerDialect dialect, Action<VirtualCallerOptions>? configure = null)
    {
        var caller = await VirtualCaller.CallAsync(UriOf(dialect), options =>
        {
            (options.Dialect, options.TimeProvider, options.Invoker) = (dialect, Clock, Host.Invoker);
            configure?.Invoke(options);
        });
        await Host.QuietAsync();
        return caller;
    }

    /// <summary>The session of the first call, which has begun.</summary>
    public async Task<PhoneModelSession> SessionAsync()
    {
        await Host.QuietAsync();
        return Model.Sessions.Snapshot is [var first, ..] ? first
            : throw new ExpectationException($"No session has begun: {string.Join('\n', Host.Logs.Entries.TakeLast(12))}");
    }

    // Local streams need no token, and only under a name of this machine.
    public static Uri UriOf(CallerDialect dialect) => new($"ws://localhost{PathOf(dialect)}");

    public static string PathOf(CallerDialect dialect) => $"/phone/{NameOf(dialect)}/stream";

    public static string NameOf(CallerDialect dialect) => dialect.ToString().ToLowerInvariant();

    /// <summary>Lets time pass, frame by frame.</summary>
    public async Task RunAsync(TimeSpan time)
    {
        await Host.QuietAsync();
        for (var passed = TimeSpan.Zero; passed < time; passed += Step)
            await Clock.AdvanceAsync(Step);
    }

    public Task RunAsync(int milliseconds) => RunAsync(TimeSpan.FromMilliseconds(milliseconds));

    public async ValueTask DisposeAsync() => await Host.DisposeAsync();
}
