using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Parley.Bench.Load.Servers;
using Parley.Bench.Relay;
using Parley.Recording;
using Parley.Server;

var upstreamPort = new Option<int>("--upstream") { Description = "Port of the upstream on this machine", Required = true };

var upstream = new Command("upstream", "Run the upstream until the input ends: it answers each message with an audio message");
upstream.SetAction((_, token) => BenchHost.RunAsync(
    _ => { },
    app =>
    {
        app.UseWebSockets();
        app.Map("/ws/{method}", EchoUpstream.HandleAsync);
    },
    token));

var plain = new Command("plain", "Run the plain relay until the input ends") { upstreamPort };
plain.SetAction((arguments, token) => BenchHost.RunAsync(
    _ => { },
    app =>
    {
        app.UseWebSockets();
        app.Map("/ws/{method}", new PlainRelay(arguments.GetValue(upstreamPort)).HandleAsync);
    },
    token));

var parley = new Command("parley", "Run Parley as the relay, with metering on, until the input ends") { upstreamPort };
parley.SetAction(async (arguments, token) =>
{
    using var metering = Metering.Start();
    await BenchHost.RunAsync(services => ParleyRelay.AddServices(services, arguments.GetValue(upstreamPort)), app => app.MapLiveApi(), token);
});

var observed = new Command("observed", "Run Parley as the relay, with an observer of events") { upstreamPort };
observed.SetAction(async (arguments, token) =>
{
    using var metering = Metering.Start();
    await BenchHost.RunAsync(
        services =>
        {
            ParleyRelay.AddServices(services, arguments.GetValue(upstreamPort));
            services.AddSingleton<ILiveSessionEvents, EventCount>();
        },
        app => app.MapLiveApi(),
        token);
});

var joined = new Command("joined", "Run Parley as the relay, with a server that takes part in each call") { upstreamPort };
joined.SetAction(async (arguments, token) =>
{
    using var metering = Metering.Start();
    await BenchHost.RunAsync(
        services => ParleyRelay.AddServices(services, arguments.GetValue(upstreamPort)), app => app.MapLiveApi().OnCall(static call => call.OnTranscript(static _ => { })), token);
});

var @checked = new Command("checked", "Run Parley as the relay, with a check of each text") { upstreamPort };
@checked.SetAction(async (arguments, token) =>
{
    using var metering = Metering.Start();
    await BenchHost.RunAsync(
        services => ParleyRelay.AddServices(services, arguments.GetValue(upstreamPort)),
        app => app.MapLiveApi().OnCall(static call => call.AddCheck(static (_, _) => new(LiveVerdict.Allow))),
        token);
});

var recorded = new Command("recorded", "Run Parley as the relay, with a record of each call as Opus") { upstreamPort };
recorded.SetAction(async (arguments, token) =>
{
    using var metering = Metering.Start();
    var folder = Directory.CreateTempSubdirectory("parley-bench-");
    try
    {
        await BenchHost.RunAsync(
            services => ParleyRelay.AddServices(services, arguments.GetValue(upstreamPort)).AddRecording(options => options.Folder = folder.FullName), app => app.MapLiveApi(), token);
    }
    finally
    {
        folder.Delete(recursive: true);
    }
});

var bare = new Command("bare", "Run a byte pump until the input ends") { upstreamPort };
bare.SetAction((arguments, token) => BareRelay.RunAsync(arguments.GetValue(upstreamPort), token));

var (target, name) = (new Argument<string>("address"), new Argument<string>("attack"));
var attack = new Command("attack", "Attack a server until the input ends") { target, name };
attack.SetAction(async (arguments, token) =>
{
    using var end = CancellationTokenSource.CreateLinkedTokenSource(token);
    var attacking = Attacks.All[arguments.GetValue(name)!](new Uri(arguments.GetValue(target)!), end.Token);
    await Console.In.ReadToEndAsync(token);
    await end.CancelAsync();
    await attacking;
    Console.WriteLine(Attacks.Made);
});

return await new RootCommand("Cost of a relay") { upstream, plain, bare, parley, observed, joined, @checked, recorded, attack, RelayCommand.Create() }.Parse(args).InvokeAsync();
