using System.Text.Json;
using Parley.Protocol;

namespace Parley.Server.Wire;

/// <summary>Reads the first message. Of a setup that breaks the protocol it still reads what a relay needs, because the upstream may accept it.</summary>
internal static class SetupReader
{
    /// <param name="message">The message.</param>
    /// <param name="compatibility">The forms accepted beyond those of the public service.</param>
    /// <param name="unread">
    /// Why the setup is not complete: it has a name or value that this server does not know or accept. Then it may only be forwarded as it is. Null = it is
    /// complete.
    /// </param>
    /// <exception cref="LiveProtocolException">The message breaks the protocol and is not a setup.</exception>
    internal static LiveSessionRequest Read(ReadOnlySpan<byte> message, LiveCompatibility compatibility, out LiveProtocolException? unread)
    {
        try
        {
            return LiveCodec.DecodeRequest(message, compatibility, out unread);
        }
        catch (LiveProtocolException e)
        {
            if (Peek(message) is not { } setup)
                throw;
            unread = e;
            return new LiveSessionRequest { Setup = setup };
        }
    }

    /// <summary>Model and resumption of a setup; null if they cannot be told for certain, such as with duplicate members.</summary>
    private static Setup? Peek(ReadOnlySpan<byte> message)
    {
        try
        {
            var reader = new Utf8JsonReader(message);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return null;
            Setup? setup = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isSetup = reader.ValueTextEquals("setup"u8);
                if (reader.ValueTextEquals("config"u8) || (isSetup && setup is not null))
                    return null;
                reader.Read();
                if (!isSetup)
                    reader.Skip();
                else if (reader.TokenType != JsonTokenType.StartObject || (setup = PeekSetup(ref reader)) is null)
                    return null;
            }
            return reader.Read() ? null : setup;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static Setup? PeekSetup(ref Utf8JsonReader reader)
    {
        var setup = new Setup();
        bool hasModel = false, hasResumption = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("model"u8))
            {
                reader.Read();
                if (hasModel || reader.TokenType != JsonTokenType.String)
                    return null;
                (hasModel, setup.Model) = (true, reader.GetString());
            }
            else if (reader.ValueTextEquals("sessionResumption"u8) || reader.ValueTextEquals("session_resumption"u8))
            {
                reader.Read();
                if (hasResumption || !PeekResumption(ref reader, out var resumption))
                    return null;
                (hasResumption, setup.SessionResumption) = (true, resumption);
            }
            else
            {
                reader.Skip();
            }
        }
        return setup;
    }

    // A resumption that is not an object cannot hold a handle.
    private static bool PeekResumption(ref Utf8JsonReader reader, out SessionResumptionConfig? resumption)
    {
        resumption = null;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return true;
        }
        resumption = new SessionResumptionConfig();
        var hasHandle = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isHandle, isTransparent) = (reader.ValueTextEquals("handle"u8), reader.ValueTextEquals("transparent"u8));
            reader.Read();
            if (isHandle)
            {
                if (hasHandle || reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
                    return false;
                (hasHandle, resumption.Handle) = (true, reader.GetString());
            }
            else if (isTransparent)
            {
                resumption.Transparent = reader.TokenType == JsonTokenType.True;
            }
            reader.Skip();
        }
        return true;
    }
}
