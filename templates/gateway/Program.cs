// A gateway to the Gemini Live API: clients use a key of the gateway, and only the gateway holds the Gemini key.
using Parley.Server;

var builder = WebApplication.CreateBuilder(args);
var upstream = new UpstreamOptions
{
    Key = builder.Configuration["GEMINI_API_KEY"]
        ?? throw new InvalidOperationException("Set GEMINI_API_KEY to the key of the public service."),
};
if (builder.Configuration["PARLEY_URL"] is { } url)
    upstream.Url = new Uri(url);

builder.Services.AddLiveApi().UseRelay(relay => relay.Upstreams.Add(upstream));
var app = builder.Build();
app.MapLiveApi();
app.Run();
