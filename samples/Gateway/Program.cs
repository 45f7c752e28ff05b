// A gateway to the Gemini Live API: clients send a key of the gateway, and only the gateway holds the Gemini key.
//   GEMINI_API_KEY=… dotnet run --project samples/Gateway --urls http://127.0.0.1:8080
// On this machine clients use the development key parley-dev; keys for other clients go into Live:ApiKeys.
using Parley.Server;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddLiveApi().UseRelay(relay => relay.Upstreams.Add(new UpstreamOptions
{
    Url = new Uri(builder.Configuration["PARLEY_URL"] ?? "https://generativelanguage.googleapis.com"),
    Key = builder.Configuration["GEMINI_API_KEY"] ?? throw new InvalidOperationException("Set GEMINI_API_KEY to the key of the upstream."),
}));
var app = builder.Build();
app.MapLiveApi();
app.Run();
