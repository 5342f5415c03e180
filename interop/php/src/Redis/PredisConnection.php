<?php

declare(strict_types=1);

namespace RedisWebToken\Redis;

use Predis\Client;
use Predis\ClientInterface;
use Predis\Command\RawCommand;
use Predis\Connection\NodeConnectionInterface;
use Predis\PredisException;
use Predis\Response\ErrorInterface;
use Predis\Response\ServerException;
use Predis\Response\Status;
use RedisWebToken\Exception\StoreUnavailable;

/** Predis. As raw commands, which a client's prefix doesn't touch. */
final class PredisConnection implements Connection
{
    private readonly ClientInterface $client;
    private readonly bool $isOurs;

    /** @param array<string, mixed>|ClientInterface $target where Redis is, or a client of the caller's */
    public function __construct(#[\SensitiveParameter] array|ClientInterface $target)
    {
        $this->isOurs = is_array($target);
        $this->client = is_array($target) ? self::make($target) : $target;
    }

    public function send(#[\SensitiveParameter] string $key, #[\SensitiveParameter] array $args): mixed
    {
        try {
            $reply = $this->client->getConnection() instanceof NodeConnectionInterface
                ? $this->client->getConnection()->executeCommand(self::command($args))
                : $this->client->executeCommand(self::command($args));
        } catch (ServerException $error) {
            $unavailable = StoreUnavailable::errorReply($error->getMessage());
        } catch (PredisException $error) {
            $unavailable = StoreUnavailable::clientError($error);
        }
        if (isset($unavailable)) {
            // Nothing may answer the next command with this one's reply.
            $this->close();
            throw $unavailable;
        }
        if ($reply instanceof ErrorInterface) {
            throw StoreUnavailable::errorReply($reply->getMessage());
        }

        return $reply instanceof Status ? $reply->getPayload() : $reply;
    }

    public function close(): void
    {
        if ($this->isOurs) {
            $this->client->disconnect();
        }
    }

    /** @param list<string> $args */
    private static function command(#[\SensitiveParameter] array $args): RawCommand
    {
        // Predis 1 takes the name with the arguments, later ones apart.
        $parameters = (new \ReflectionMethod(RawCommand::class, '__construct'))->getParameters();

        return $parameters[0]->getName() === 'arguments'
            ? new RawCommand($args)
            : new RawCommand($args[0], array_slice($args, 1));
    }

    /** @param array<string, mixed> $target */
    private static function make(#[\SensitiveParameter] array $target): Client
    {
        return new Client(array_filter([
            'scheme' => $target['scheme'],
            'host' => $target['host'],
            'port' => $target['port'],
            'path' => $target['path'],
            'username' => $target['username'],
            'password' => $target['password'],
            'database' => $target['database'] === 0 ? null : $target['database'],
            'timeout' => $target['timeout'],
            'read_write_timeout' => $target['timeout'],
        ], static fn (mixed $value): bool => $value !== null));
    }
}
