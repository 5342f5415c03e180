<?php

declare(strict_types=1);

namespace RedisWebToken\Http;

use RedisWebToken\Arguments;
use RedisWebToken\Exception\InvalidOption;
use RedisWebToken\Token;

/** The options of RequestAuth after their checks, defaults filled in. */
final class AuthOptions
{
    private const DEFAULTS = [
        'from' => ['bearer'],
        'header' => 'x-access-token',
        'cookie' => [],
        'csrf' => [],
        'optional' => false,
        'realm' => 'api',
        'retryAfter' => 5,
    ];
    /** A header's name (RFC 9110 §5.6.2), except those that have a meaning of their own. */
    private const OWN_HEADER = '/^(?!(authorization|cookie)$)[\w!#$%&\'*+.^`|~-]+$/iD';

    /** @var non-empty-list<string> where to look for the token: bearer, cookie, header */
    public readonly array $from;
    public readonly string $header;
    /** Null if the cookie isn't a carrier. */
    public readonly ?CookieOptions $cookie;
    /** @var list<string>|null the allowed origins, as Origin::of returns them; null turns the CSRF check off */
    public readonly ?array $origins;
    /** @var list<string> paths that are exempt from the CSRF check, as URLs write them */
    public readonly array $paths;
    public readonly bool $optional;
    public readonly string $realm;
    public readonly int $retryAfter;

    /**
     * @param array<string, mixed> $options
     *
     * @throws InvalidOption
     */
    public function __construct(array $options)
    {
        $given = Arguments::known("RequestAuth's options", $options, self::DEFAULTS);
        $from = Arguments::list('from', $given['from']);
        if ($from === []) {
            throw InvalidOption::range('from', 'not be empty');
        }
        foreach ($from as $carrier) {
            Arguments::textLike('/^(bearer|cookie|header)$/D', 'from', $carrier, 'be bearer, cookie or header');
        }
        $this->from = $from;
        $this->header = Arguments::textLike(self::OWN_HEADER, 'header', $given['header'], 'be a header of your own');
        $this->realm = Arguments::textLike('/^[ !#-[\]-~]+$/D', 'realm', $given['realm'], 'be ASCII without quotes');
        $cookie = CookieOptions::read($given['cookie']);
        $this->cookie = in_array('cookie', $from, true) ? $cookie : null;
        $csrf = $given['csrf'] === false ? [] : Arguments::named('csrf', $given['csrf']);
        ['origins' => $origins, 'paths' => $paths] = Arguments::known('csrf', $csrf, ['origins' => [], 'paths' => []]);
        $this->paths = array_map(self::readPath(...), Arguments::list('csrf.paths', $paths));
        $origins = array_map(self::readOrigin(...), Arguments::list('csrf.origins', $origins));
        $this->origins = $given['csrf'] === false ? null : $origins;
        $this->optional = Arguments::boolean('optional', $given['optional']);
        $this->retryAfter = Arguments::wholeNumber('retryAfter', 'seconds', $given['retryAfter'], 1, Token::MAX_SECONDS);
        // They would never be read or set: whoever names them means one of them to carry the token.
        foreach (['cookie', 'header'] as $carrier) {
            if (!isset($options['from']) && isset($options[$carrier])) {
                throw InvalidOption::range('from', "name \"$carrier\" if the option $carrier is given");
            }
        }
    }

    private static function readPath(mixed $path): string
    {
        $text = Arguments::textLike('~^/[^?#]*$~D', 'csrf.paths', $path, 'be paths such as "/callback"');

        // As URLs write them: "/rückruf" is "/r%C3%BCckruf" in a request.
        return (string) preg_replace_callback('/[^!$-;=@-\]_a-z|~]/', static fn (array $found): string => rawurlencode($found[0]), $text);
    }

    private static function readOrigin(mixed $origin): string
    {
        return Origin::of(Arguments::wellFormed('csrf.origins', $origin))
            ?? throw InvalidOption::range('csrf.origins', 'be origins such as "https://a.org"');
    }
}
