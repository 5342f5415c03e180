<?php

declare(strict_types=1);

namespace RedisWebToken\Http;

use RedisWebToken\Keys;
use RedisWebToken\Token;

/** The tokens that a request carries. */
final class Carried
{
    /** The most sessions that one request can verify or end, since each genuine token costs a command. */
    private const MOST_TOKENS = 4;
    /** RFC 6750 §2.1. It also matches the scheme without a valid token behind it. Its case doesn't matter (RFC 9110 §11.1). */
    private const BEARER = '~^bearer(?: +([\w.\~+/-]+=*) *$|[\s\xa0]|$)~iD';

    /**
     * @param list<string>              $tokens   distinct tokens of all carriers, without those known to be dead
     * @param list<string>              $deciding the tokens of the carrier that decides, in their order: one of them has to be live
     * @param bool                      $isCookie whether the cookie decides; also true if there is no token at all
     * @param string|null               $error    why the request is refused, if it is: invalid_request or cross_site
     * @param array<string, mixed>|null $session  null if none of them is live
     */
    private function __construct(
        #[\SensitiveParameter] public readonly array $tokens,
        #[\SensitiveParameter] public readonly array $deciding,
        public readonly bool $isCookie,
        public readonly ?string $error,
        #[\SensitiveParameter] public readonly ?array $session = null,
    ) {
    }

    /**
     * Reads a request's tokens, without verifying them.
     *
     * @param list<Keys> $ring
     */
    public static function read(IncomingRequest $request, array $ring, AuthOptions $options, bool $isUpgrade): self
    {
        $isBearer = in_array('bearer', $options->from, true) && preg_match(self::BEARER, (string) $request->header('Authorization'), $bearer) === 1;
        $own = in_array('header', $options->from, true) ? (string) $request->header($options->header) : '';
        $cookie = $options->cookie;
        $error = null;
        if ($isBearer && ($own !== '' || !isset($bearer[1]))) {
            // A client must not send a token in two ways (RFC 6750 §2). A cookie doesn't count, since the browser adds it.
            $error = 'invalid_request';
        } elseif ($cookie !== null && $options->origins !== null && !$isBearer && $own === '' && CrossSite::mayBe($request, $options->origins, $options->paths, $isUpgrade)) {
            // Pages can't send these headers to another origin, unless it allows them (CORS). Check requests without a token too: they
            // may be a sign-in.
            $error = 'cross_site';
        }
        $cookies = $cookie === null ? [] : self::worthAsking($ring, $cookie->valuesIn((string) $request->header('Cookie')));
        $found = ['bearer' => isset($bearer[1]) ? [$bearer[1]] : [], 'header' => $own === '' ? [] : [$own], 'cookie' => $cookies];
        $carriers = array_map(static fn (string $carrier): array => $found[$carrier], $options->from);
        $deciding = array_values(array_filter($carriers))[0] ?? [];
        $tokens = array_values(array_unique(array_merge(...$carriers)));

        return new self(array_slice($tokens, 0, self::MOST_TOKENS), $deciding, $deciding === $cookies, $error);
    }

    /**
     * The same request with other tokens: those that an earlier call of the request has made.
     *
     * @param list<string> $tokens
     */
    public function with(#[\SensitiveParameter] array $tokens): self
    {
        return new self($tokens, $tokens, $this->isCookie, $this->error);
    }

    /**
     * Verifies the tokens that decide, one after another, until one is live.
     *
     * @param \Closure(string): (array<string, mixed>|null) $verify
     */
    public function checked(\Closure $verify): self
    {
        $dead = 0;
        $session = null;
        foreach ($this->deciding as $token) {
            $session = $verify($token);
            if ($session !== null) {
                break;
            }
            $dead++;
        }

        return new self(array_slice($this->tokens, $dead), $this->deciding, $this->isCookie, $this->error, $session);
    }

    /**
     * Returns the first few of several tokens, in their order. Genuine tokens come first, so that forged ones don't displace them. Of
     * one session, only the newest token counts: an older one, left over in a cookie with another path, would look stolen.
     *
     * @param list<Keys>   $ring
     * @param list<string> $tokens
     *
     * @return list<string>
     */
    private static function worthAsking(array $ring, #[\SensitiveParameter] array $tokens): array
    {
        if (count($tokens) < 2) {
            return $tokens;
        }
        [$genuine, $others] = [[], []];
        foreach ($tokens as $token) {
            $opened = Token::open($ring, $token);
            if ($opened === null || $opened->secondsToLive() < 1) {
                $others[] = $token;
            } elseif ($opened->generation >= ($genuine[$opened->lookup]->generation ?? 0)) {
                $genuine[$opened->lookup] = $opened;
            }
        }
        $texts = array_map(static fn (Token $each): string => $each->text, array_values($genuine));

        return array_slice([...$texts, ...array_values(array_unique($others))], 0, self::MOST_TOKENS);
    }

    /** @return array<string, mixed> no tokens for var_dump */
    public function __debugInfo(): array
    {
        return ['error' => $this->error];
    }
}
