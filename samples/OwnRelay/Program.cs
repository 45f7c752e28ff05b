// A relay of your own, on the extension points that Parley's relay uses: dotnet run --project samples/OwnRelay --urls http://127.0.0.1:8081
// It forwards every session to the Live server at Upstream:Url (default http://127.0.0.1:8080) with the key Upstream:Key, byte for byte.
using OwnRelay;
using Parley.Server;

var builder = WebApplication.CreateBuilder(args);
var url = new Uri(builder.Configuration["Upstream:Url"] ?? "http://127.0.0.1:8080");
var key = builder.Configuration["Upstream:Key"] ?? "parley-dev";
builder.Services.AddLiveApi().UseDefaultModel(_ => new ForwardingModel(url, key));

var app = builder.Build();
app.MapLiveApi();
app.Run();
