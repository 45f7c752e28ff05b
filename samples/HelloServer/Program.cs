// A Live API server in your own application: dotnet run --project samples/HelloServer --urls http://127.0.0.1:8080
using Parley.Assistant;
using Parley.Server;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddLiveApi().UseLocalModel();
var app = builder.Build();
app.MapLiveApi();
app.Run();
