// A Gemini Live server with a local model: speech recognition, a chat model, speech synthesis. appsettings.json configures them.
using Parley.Assistant;
using Parley.Server;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddLiveApi().UseLocalModel();
var app = builder.Build();
app.MapLiveApi();
app.Run();
