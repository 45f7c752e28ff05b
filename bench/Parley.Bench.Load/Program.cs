using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Parley.Bench.Load;
using Parley.Bench.Load.Servers;
using Parley.Server;
using Parley.Server.Storage;

var defaultModel = new Option<bool>("--default-model") { Description = "Use the built-in assistant and TTS instead of canned ones" };
var parley = new Command("parley", "Run the server until the input ends") { defaultModel };
parley.SetAction((arguments, token) => BenchHost.RunAsync(
    services => ParleyServer.AddServices(services, arguments.GetValue(defaultModel)),
    app => app.MapLiveApi(),
    token));

var yardstick = new Command("yardstick", "Run the plain handler until the input ends");
yardstick.SetAction((_, token) => BenchHost.RunAsync(
    _ => { },
    app =>
    {
        app.UseWebSockets();
        app.Map("/ws/{method}", Yardstick.HandleAsync);
    },
    token));

return await new RootCommand("Load on the server, compared to a plain handler") { parley, yardstick, LoadCommand.Create() }
    .Parse(args)
    .InvokeAsync();
